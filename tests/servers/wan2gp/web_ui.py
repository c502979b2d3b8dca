"""Run the web UI of Wan2GP in an environment with Gradio 5.29: `python -m tests.servers.wan2gp.web_ui`.

The program behind it is missing; what a client sees of it is made from the recording: components, names and
order of the functions, layout, and the sizes of its answers.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
import tempfile
import types
from collections.abc import Callable
from typing import Any

from tests.ports import kept_port

from .. import serving
from ..gradio_apps.offline import stay_on_this_computer
from . import recording

HOST = "127.0.0.1"


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    output = serving.keep_standard_output()
    serving.keep_to_this_computer()
    stay_on_this_computer()
    with (
        # Nobody else gets it in the seconds that Gradio needs.
        kept_port(options.port) as port,
        tempfile.TemporaryDirectory(prefix="movie-director-wan2gp-") as folder,
    ):
        # Told in this way, Gradio also takes a port that a killed server has just left.
        os.environ.update(GRADIO_SERVER_PORT=str(port), GRADIO_NUM_PORTS="1")
        serving.keep_files_in(folder)
        blocks = make_blocks(options.seconds, options.version)
        # It asks itself for its page, and gives up after 3 s: less than a busy computer needs for 7 MB.
        importlib.import_module("gradio.networking").url_ok = lambda url: True  # type: ignore[attr-defined]
        app, *_ = blocks.queue().launch(
            server_name=HOST,
            auth=tuple(options.auth.split(":", 1)) if options.auth else None,
            prevent_thread_lock=True,
            quiet=True,
            ssr_mode=False,
        )
        if options.downloads:
            add_downloads(app)
        serving.serve_until_told(output, f"http://{HOST}:{blocks.server_port}")
        blocks.close(verbose=False)
    return 0


def make_blocks(seconds: float = 0.0, version: str = recording.VERSION) -> Any:
    """The app of Wan2GP `version`; each task that is given to it takes `seconds`."""
    # Only now: the settings in the environment must be there before Gradio is imported.
    from . import components
    from .tasks import Tasks

    gradio = components.gradio
    recorded = recording.config(version)
    blocks = components.new_blocks(
        title=recorded["title"],
        theme=recorded["theme"],
        css=recorded["css"],
        js=f"() => {{}} // {recorded['js']}",
        fill_width=recorded["fill_width"],
        analytics_enabled=False,
    )
    handlers = Tasks(gradio, seconds).handlers()
    with blocks:
        components.add_components(blocks, recorded)
        for dependency in recorded["dependencies"]:
            _add_dependency(gradio, blocks, dependency, handlers.get(dependency["api_name"]))
    return blocks


def add_downloads(app: Any) -> None:
    """The one address that Wan2GP adds to Gradio's, for whom it has no download."""
    from fastapi import Response  # type: ignore[import-not-found,unused-ignore]

    async def download(token: str) -> Any:
        return Response(recording.NO_DOWNLOAD, status_code=404)

    app.get("/wangp_api/download/{token}")(download)


def _add_dependency(
    gradio: Any, blocks: Any, dependency: dict[str, Any], handler: Callable[..., Any] | None
) -> None:
    known = {0: blocks, **blocks.default_config.blocks}
    given = {
        name: dependency[name]
        for name in inspect.signature(blocks.default_config.set_event_trigger).parameters
        if name in dependency and name not in ("targets", "inputs", "outputs", "show_progress_on")
    }
    function = (handler or _nothing(gradio, dependency)) if dependency["backend_fn"] else None
    render_id = dependency["render_id"]
    blocks.default_config.set_event_trigger(
        [_event(gradio, known, number, name) for number, name in dependency["targets"]],
        function,
        [known[number] for number in dependency["inputs"]],
        [known[number] for number in dependency["outputs"]],
        show_progress_on=[known[number] for number in dependency["show_progress_on"] or ()] or None,
        renderable=None if render_id is None else types.SimpleNamespace(_id=render_id, fn=function),
        **given,
    )


def _event(gradio: Any, known: dict[int, Any], number: int | None, name: str) -> Any:
    """The event `name` of a block; one block was not part of the page, and is known by its number alone."""
    block = None if number is None else known.get(number, types.SimpleNamespace(_id=number))
    return gradio.events.EventListenerMethod(block, name)


def _nothing(gradio: Any, dependency: dict[str, Any]) -> Callable[..., Any]:
    """A function that leaves everything as it is."""
    results = [gradio.skip()] * len(dependency["outputs"])
    result: Any = results if len(results) != 1 else results[0]

    def nothing(*values: Any) -> Any:
        return result

    def nothing_step_by_step(*values: Any) -> Any:
        yield result

    return nothing_step_by_step if dependency["types"]["generator"] else nothing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.wan2gp.web_ui", description="The web UI of Wan2GP without the program."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one, which is the default")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask everybody to log in")
    parser.add_argument("--version", default=recording.VERSION, help="what its heading says it is")
    parser.add_argument(
        "--no-downloads", dest="downloads", action="store_false", help="be one from before 12.21"
    )
    parser.add_argument("--seconds", type=float, default=0.05, help="how long a task takes (default: 0.05)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
