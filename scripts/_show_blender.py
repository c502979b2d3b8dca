"""What scripts/run.py --blender shows: the add-on in a Blender of its own, with demos of what is not here."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import _demo
import _environment
import _find_blender
import _processes
import _show
import build
from movie_director.core.errors import ConfigError
from movie_director.core.messages import explain
from movie_director.core.settings import Settings

START_UP = Path(__file__).resolve().with_name("_in_blender.py")
CACHE = _environment.ROOT / ".cache"
NO_SCREEN = (
    "There is no screen for Blender's window: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
    "Run the command in a terminal of a desktop session."
)


def show(python: Path, path: str, arguments: Sequence[str], *, demos: bool, light: bool) -> int:
    """Open the Blender at `path` (empty: an installed one) and wait for its end; return the exit status.

    `python` runs the demos that need no other environment; Blender gets `arguments` after those of ours.
    """
    try:
        blender = _find_blender.find(path)
    except _find_blender.NoBlender as problem:
        print(problem, file=sys.stderr)
        return 2
    if _find_blender.without_screen():
        print(NO_SCREEN, file=sys.stderr)
        return 2
    print(blender, flush=True)
    if blender.version < _find_blender.OLDEST:
        print("Movie Director is made for Blender 3.6 and newer; in this older one some things may not work.")
    try:
        settings, stand_ins = _show.cast(python, demos=demos, light=light)
        with _show.on_stage(settings, stand_ins) as (settings, running), own_folder() as folder:
            zip_file = build.build(Path(folder))
            variables = environment(settings, running, Path(folder))
            return run(blender, [*arguments, "--", str(zip_file)], variables)
    except ConfigError as error:
        explanation = explain(error.problem)
        print(f"{explanation.title} {explanation.advice}", file=sys.stderr)
        return 2
    except (_demo.DemoFailed, build.CannotBuild) as problem:
        print(problem, file=sys.stderr)
        return 1


def own_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that is removed at the end, inside the checkout: a Blender in a sandbox has its own /tmp."""
    CACHE.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="blender-", dir=CACHE, ignore_cleanup_errors=True)


def environment(settings: Settings, demos: Mapping[str, _demo.Demo], folder: Path) -> dict[str, str]:
    """Return the variables with which Blender finds the demos, and keeps all of its files in `folder`."""
    temporary = folder / "temporary"  # or Blender would write over the user's last session there
    temporary.mkdir()
    variables = {
        **_environment.environment_variables(),
        "BLENDER_USER_RESOURCES": str(folder / "blender"),
        "MOVIE_DIRECTOR_HOME": str(folder / "movie-director"),
        **{name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")},
    }
    for name, demo in demos.items():
        variables[f"MOVIE_DIRECTOR_{name.upper()}_URL"] = demo.url
        # A key that the user set is for the real service.
        variables.pop(f"MOVIE_DIRECTOR_{name.upper()}_API_KEY", None)
    for name, service in settings.services.items():
        if not service.enabled:
            variables[f"MOVIE_DIRECTOR_{name.upper()}_ENABLED"] = "no"
    return variables


def run(blender: _find_blender.Blender, arguments: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run it until its window is closed, or Ctrl-C; return the exit status."""
    print("\nOpening Blender with the add-on; close it, or press Ctrl-C here, to end it and the demos.")
    if blender.version < _find_blender.EXTENSIONS:
        print('Click on the tab "Movie Director" at the right edge of the 3D viewport.')
    sys.stdout.flush()
    command = [str(blender.path), "--python-exit-code", "1", "--python", str(START_UP), *arguments]
    variables = {**variables, "PATH": _find_blender.search_path(blender.path)}
    with _processes.child(command, env=variables) as process:
        status = wait(process)
    print("Blender and the demos have ended." if status == 0 else f"Blender ended with status {status}.")
    return 0 if status == 0 else 1


def wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of Blender, which Ctrl-C brings about; return its exit status, then 0."""
    try:
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.5)  # in slices, because on Windows Ctrl-C does not end a longer wait
    except KeyboardInterrupt:
        process.terminate()  # at a SIGINT it would go on
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_processes.GRACE)
        print()
        return 0
    return process.returncode
