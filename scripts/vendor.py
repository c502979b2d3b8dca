#!/usr/bin/env python3
"""Build vendor/tree/, the third-party packages that the add-on carries, from vendor/vendor.lock.

    python3 scripts/vendor.py           build the tree unless it is up to date
    python3 scripts/vendor.py --check   build it again beside, and compare
    python3 scripts/vendor.py --lock    resolve vendor/vendor.in into vendor/vendor.lock, for Python 3.10

Only pure-Python wheels with the locked hashes are taken. What we never import is pruned, the files in
vendor/patches/ replace exactly the originals they were written for, vendor/shims/ are added, licences are
collected, and the result is the same byte for byte whichever Python builds it.

Exit codes: 0 done; 1 the tree differs, or a wheel is not what we expect; 2 no pip, network or permission.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "vendor"
TREE = VENDOR / "tree"
REQUIREMENTS = VENDOR / "vendor.in"
LOCK = VENDOR / "vendor.lock"
SHIMS = VENDOR / "shims"
PATCHES = VENDOR / "patches"
LICENCES = VENDOR / "licenses"
CACHE = ROOT / ".cache"

PRUNED = (
    "certifi/__main__.py",
    "certifi/tests",
    "charset_normalizer/__main__.py",
    "charset_normalizer/cli",
    "gradio_client/CHANGELOG.md",
    "gradio_client/templates",
    "idna/__main__.py",
    "idna/cli.py",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/pyopenssl.py",
    "websocket/_wsdump.py",
    "websocket/tests",
)

# What each file in patches/ replaces. A different original means: look at it, then adapt the patch.
PATCHED_ORIGINALS = {
    "certifi/core.py": "5c55f2727746e697f7edac9e17c377d8752e0da7ecca191531b3b80403d61dad",
    "gradio_client/data_classes.py": "b4c7412418ef76aab08385d2817a521fbb151e709fc50638f10b9219ff2760de",
    "requests/packages.py": "fe0d2067af355320252874631fa91a9db6a8c71d9e01beaacdc5e2383c932287",
}

PAUSES = (1.0, 3.0)
"""Seconds before each further try of a download that failed; pip itself tries only to connect again."""

Say = Callable[[str], None]


class VendorError(Exception):
    """The tree could not be built; the text is for the person at the terminal."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def ensure_tree(say: Say | None = None) -> Path:
    """Return vendor/tree/, built first if it is missing or older than what it is made from.

    A few milliseconds when up to date, seconds otherwise. Safe in several processes at once: one builds, the
    others wait for it. `say` gets a line for each slow step (default: to stderr). Raises VendorError.
    """
    say = say or _say
    inputs = inputs_digest()
    if _built_from() == inputs:
        return TREE
    with _work_folder() as work:
        if _built_from() == inputs:
            return TREE
        started = time.monotonic()
        build(work / "new", inputs, say)
        if TREE.exists():
            TREE.rename(work / "old")
        (work / "new").rename(TREE)
        say(f"vendor: built vendor/tree in {time.monotonic() - started:.1f} s")
    return TREE


def build(tree: Path, inputs: str, say: Say) -> None:
    """Make the folder `tree` from the locked wheels; `inputs` is recorded in its versions.json."""
    wheels = tree.with_name("wheels")
    wheels.mkdir()
    say("vendor: fetching the locked third-party packages with pip ...")
    download(wheels, LOCK, "--require-hashes")
    tree.mkdir()
    versions = dict(_unpack(wheel, tree) for wheel in sorted(wheels.iterdir()))
    _prune(tree)
    _patch(tree)
    _copy_text(SHIMS, tree)
    _refuse_binaries(tree)
    record = {"inputs_sha256": inputs, "packages": versions, "tree_sha256": tree_digest(tree)}
    _write(tree / "versions.json", json.dumps(record, indent=1, sort_keys=True) + "\n")


def check(say: Say) -> bool:
    """Build the tree again beside vendor/tree/ and say where the two differ; True if nowhere."""
    if not TREE.is_dir():
        raise VendorError("vendor/tree has not been built: python3 scripts/vendor.py")
    with _work_folder() as work:
        build(work / "new", inputs_digest(), say)
        fresh, present = _file_digests(work / "new"), _file_digests(TREE)
        same = (work / "new/versions.json").read_bytes() == (TREE / "versions.json").read_bytes()
    different = sorted(name for name in fresh.keys() | present.keys() if fresh.get(name) != present.get(name))
    for name in different:
        say(f"vendor: differs: {name}")
    if not different and not same:
        say("vendor: differs: versions.json")
    return same and not different


def lock(say: Say) -> None:
    """Write vendor.lock: the wheels that answer vendor.in today, one hash each."""
    say("vendor: resolving vendor/vendor.in with pip ...")
    with _work_folder() as work:
        wheels = work / "wheels"
        wheels.mkdir()
        download(wheels, REQUIREMENTS)
        lines = [f"{_pin(wheel)} --hash=sha256:{_sha256(wheel.read_bytes())}\n" for wheel in wheels.iterdir()]
    _write(LOCK, "# Made by `python3 scripts/vendor.py --lock` from vendor.in.\n" + "".join(sorted(lines)))


def inputs_digest() -> str:
    """Return the digest of everything the tree is made from, this script included (line endings aside)."""
    files = [LOCK, Path(__file__).resolve(), *_files(SHIMS), *_files(PATCHES), *_files(LICENCES)]
    digests = {file.relative_to(ROOT).as_posix(): _sha256(_text(file).encode()) for file in files}
    return _sha256(json.dumps(digests, sort_keys=True).encode())


def tree_digest(tree: Path) -> str:
    """Return the digest of all names and contents in `tree` but versions.json and compiled files."""
    return _sha256(json.dumps(_file_digests(tree), sort_keys=True).encode())


def _file_digests(tree: Path) -> dict[str, str]:
    named = ((file.relative_to(tree).as_posix(), file) for file in _files(tree))
    return {name: _sha256(file.read_bytes()) for name, file in named if name != "versions.json"}


def _built_from() -> str | None:
    """Return the digest of the inputs that vendor/tree/ was built from, None if there is none."""
    try:
        record = json.loads((TREE / "versions.json").read_bytes())
    except (OSError, ValueError):
        return None
    return str(record.get("inputs_sha256"))


def download(folder: Path, requirements: Path, *options: str, pauses: Sequence[float] = PAUSES) -> None:
    """Let pip put the wheels of the file `requirements` into `folder`: pure ones for Python 3.10.

    `pauses` are the seconds before each further try after a failure. Raises VendorError.
    """
    if importlib.util.find_spec("pip") is None:
        raise VendorError(
            f"{sys.executable} has no pip. On Debian and Ubuntu: apt install python3-venv; "
            "then: python3 -m venv .venv && .venv/bin/python scripts/vendor.py",
            exit_code=2,
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--retries", "2", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.10", "--platform", "any", "--implementation", "py", "--abi", "none"]
    command += [*options, "--dest", str(folder), "--requirement", str(requirements)]
    for pause in (*pauses, None):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 0:
            return
        if pause is not None:
            time.sleep(pause)
    output = (result.stderr or result.stdout).strip()
    if "DO NOT MATCH THE HASHES" in output:
        raise VendorError(f"a package is not the one that was locked:\n{output}")
    last = "\n".join(output.splitlines()[-5:])
    raise VendorError(
        f"pip could not fetch what {requirements.name} names. Is there a network, or a proxy to set?\n{last}",
        exit_code=2,
    )


def _unpack(wheel: Path, tree: Path) -> tuple[str, str]:
    """Unpack a wheel into `tree`, its licences into LICENSES/; return its name and version."""
    if not wheel.name.endswith("-none-any.whl"):
        raise VendorError(f"{wheel.name} is not a pure-Python wheel")
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tree)
    info = tree / f"{name}-{version}.dist-info"
    texts = [file for file in _files(info) if re.match(r"licen[cs]e|notice|copying", file.name, re.I)]
    for text in texts or _files(LICENCES / name):
        _write(tree / "LICENSES" / name / text.name, _text(text))
    if not (tree / "LICENSES" / name).is_dir():
        raise VendorError(f"{wheel.name} has no licence text: put it into vendor/licenses/{name}/")
    shutil.rmtree(info)
    return name, version


def _prune(tree: Path) -> None:
    for name in PRUNED:
        path = tree / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
        else:
            raise VendorError(f"{name}, which is to be pruned, is not in the wheels any more")


def _patch(tree: Path) -> None:
    for name, digest in PATCHED_ORIGINALS.items():
        if _sha256((tree / name).read_bytes()) != digest:
            raise VendorError(f"{name} is not the file that vendor/patches/{name} was written for")
    _copy_text(PATCHES, tree)


def _refuse_binaries(tree: Path) -> None:
    for file in _files(tree):
        content = file.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            content = b"\0"
        if b"\0" in content:
            raise VendorError(f"{file.relative_to(tree).as_posix()} is a binary file")


def _copy_text(source: Path, tree: Path) -> None:
    for file in _files(source):
        _write(tree / file.relative_to(source), _text(file))


def _files(folder: Path) -> list[Path]:
    """Return the files below `folder` in a fixed order, without what Python compiled."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _write(file: Path, text: str) -> None:
    """Write with plain line feeds on every system."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))


def _pin(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return f"{name.replace('_', '-')}=={version}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _work_folder() -> Iterator[Path]:
    """Give an empty folder on the tree's file system that no other process has; wait for one that does."""
    work = CACHE / "vendor"
    try:
        CACHE.mkdir(exist_ok=True)
        _write(CACHE / ".gitignore", "*\n")
        with open(CACHE / "vendor.lock", "a+b") as lock_file:
            _lock_exclusively(lock_file.fileno())
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except PermissionError as error:
        raise VendorError(f"{error.filename} cannot be written; who owns it?", exit_code=2) from error


def _lock_exclusively(descriptor: int) -> None:
    """Wait until this process alone holds the lock on an open file; closing it, or dying, lets go."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError:  # after ten tries, a second apart
                continue
            return
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Build vendor/tree from vendor/vendor.lock, if out of date.")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="build it again beside, and compare")
    action.add_argument("--lock", action="store_true", help="resolve vendor.in into vendor.lock")
    options = parser.parse_args(arguments)
    try:
        if options.lock:
            lock(_say)
        elif options.check:
            if not check(_say):
                return 1
            _say("vendor: vendor/tree is what its inputs give")
        else:
            ensure_tree()
    except VendorError as error:
        _say(f"vendor: {error}")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
