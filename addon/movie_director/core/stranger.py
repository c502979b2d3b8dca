# SPDX-License-Identifier: GPL-3.0-or-later
"""Which program answers, when it is none of ours: named by what it says, never by its port.

The first kilobytes of ``/`` name most programs. Where they do not, `Stranger.ask` is the one small
address that tells more.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from . import reading
from .errors import ProtocolError
from .printable import one_line

_LONGEST_NAME = 60
_LONGEST_VERSION = 20
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_GRADIO_TITLE = re.compile(r"""<meta\s+property="og:title"\s+content="([^"]*)\"""")
_GRADIO_VERSION = re.compile(r"""gradio_config\s*=\s*\{"version":\s*"(\d+)\.""")
_UNTITLED_GRADIO = ("", "Gradio")
_JUPYTER_TITLE = re.compile(r"Jupyter|^Home Page - Select or create a notebook$")


class Told(str, Enum):
    """How much a page says about its program."""

    KNOWN = "known"
    """It is a program that we know, and none of ours."""
    TITLE = "title"
    """It has a name of its own."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Stranger:
    """A program as its page shows it."""

    told: Told = Told.NOTHING
    name: str = ""
    ask: str = ""
    """An address whose answer names it better; empty where the page says it all."""


def judge(status: int, headers: Mapping[str, str], page: str) -> Stranger:
    """Name the program by the first kilobytes of ``/``.

    `headers` must find "Server" whatever its case; `page` may be cut anywhere.
    """
    view = _View(status, headers, page)
    for rule in _RULES:
        stranger = rule(view)
        if stranger is not None:
            return stranger
    return Stranger(name=view.server, ask="/mcp" if status in _NO_PAGE else "")


def named_by(stranger: Stranger, status: int, answer: str) -> Stranger:
    """Name the program by what it answered to `stranger.ask` as well."""
    try:
        said = reading.mapping(reading.parse_json(answer))
    except ProtocolError:
        return stranger
    known = _ANSWERS[stranger.ask](stranger, status, said)
    return stranger if known is None else known


def is_gradio(page: str) -> bool:
    """Whether a page comes from a program that is made with Gradio."""
    return "gradio" in page.lower()


# --- what a page tells --------------------------------------------------------------------------------------


class _View:
    """The parts of a page that the rules look at."""

    def __init__(self, status: int, headers: Mapping[str, str], page: str) -> None:
        self.status = status
        self.page = page
        self.start = page.lstrip()[:400]
        title = _TITLE.search(page)
        self.title = _short(html.unescape(title.group(1))) if title else ""
        self.server = _short(headers.get("Server", "").partition("/")[0])


def _ollama(view: _View) -> Stranger | None:
    return _known("Ollama", "/api/version") if view.start.startswith("Ollama is running") else None


def _lm_studio(view: _View) -> Stranger | None:
    says_so = re.match(r'\{\s*"error"\s*:\s*"Unexpected endpoint or method', view.start)
    return _known("LM Studio") if says_so else None


def _gradio_app(view: _View) -> Stranger | None:
    if not is_gradio(view.page):
        return None
    # Gradio 5 and 6 write a title of their own before that of the app.
    titles = _GRADIO_TITLE.findall(view.page)
    title = _short(html.unescape(titles[-1])) if titles else view.title
    if title == "Stable Diffusion":
        return _known(_stable_diffusion(view.page))
    if re.match(r"Fooocus\b", title):
        return _known(title)
    if title in _UNTITLED_GRADIO:
        return Stranger(Told.TITLE, "a Gradio app")
    return Stranger(Told.TITLE, title)


def _stable_diffusion(page: str) -> str:
    """AUTOMATIC1111 stayed with Gradio 3, Forge went on to 4; before that they looked the same."""
    version = _GRADIO_VERSION.search(page)
    newer = version is not None and int(version.group(1)) >= 4
    return "Stable Diffusion WebUI Forge" if newer else "Stable Diffusion web UI (AUTOMATIC1111 or Forge)"


def _invoke_ai(view: _View) -> Stranger | None:
    is_invoke = re.match(r"Invoke(AI)?( -|$)", view.title)
    return _known("InvokeAI", "/api/v1/app/version") if is_invoke else None


def _jupyter(view: _View) -> Stranger | None:
    if _JUPYTER_TITLE.search(view.title):
        return _known("Jupyter", "/api")
    # It sends visitors on to /lab, /tree or a log-in page, and other Tornado programs may do so too.
    is_tornado = view.server == "TornadoServer"
    return Stranger(name=view.server, ask="/api") if is_tornado else None


def _django(view: _View) -> Stranger | None:
    explains_itself = "Django" in view.page and "DEBUG" in view.page
    if explains_itself or view.title == "The install worked successfully! Congratulations!":
        return _known("Django")
    return None


def _fast_api(view: _View) -> Stranger | None:
    is_answer = view.status == 404 and re.fullmatch(
        r'\{\s*"detail"\s*:\s*"Not Found"\s*\}', view.page.strip()
    )
    return Stranger(name="a FastAPI program", ask="/v1/models") if is_answer else None


def _mcp_at_root(view: _View) -> Stranger | None:
    return _known(_MCP) if re.match(r'\{[^}]*"jsonrpc"\s*:\s*"2\.0"', view.start) else None


def _titled(view: _View) -> Stranger | None:
    if not view.title or view.status >= 300:
        return None
    return Stranger(Told.TITLE, view.title)


_NO_PAGE = (400, 404, 405, 406, 426)
_MCP = "an MCP server"
_RULES: tuple[Callable[[_View], Stranger | None], ...] = (
    _ollama,
    _lm_studio,
    _mcp_at_root,
    _gradio_app,
    _invoke_ai,
    _jupyter,
    _django,
    _fast_api,
    _titled,
)


def _known(name: str, ask: str = "") -> Stranger:
    return Stranger(Told.KNOWN, name, ask)


# --- what a further answer tells ----------------------------------------------------------------------------


def _with_version(stranger: Stranger, status: int, said: Mapping[str, object]) -> Stranger | None:
    version = reading.text(said.get("version"), _LONGEST_VERSION)
    return replace(stranger, name=f"{stranger.name} {version}") if status == 200 and version else None


def _jupyter_version(stranger: Stranger, status: int, said: Mapping[str, object]) -> Stranger | None:
    return _with_version(_known("Jupyter"), status, said)


def _owner_of_models(stranger: Stranger, status: int, said: Mapping[str, object]) -> Stranger | None:
    owners = [reading.mapping(model).get("owned_by") for model in reading.items(said.get("data"))]
    return _known("vLLM") if "vllm" in owners else None


def _mcp_error(stranger: Stranger, status: int, said: Mapping[str, object]) -> Stranger | None:
    return _known(_MCP) if said.get("jsonrpc") == "2.0" else None


_ANSWERS: Mapping[str, Callable[[Stranger, int, Mapping[str, object]], Stranger | None]] = {
    "/api/version": _with_version,
    "/api/v1/app/version": _with_version,
    "/api": _jupyter_version,
    "/v1/models": _owner_of_models,
    "/mcp": _mcp_error,
}


def _short(text: str) -> str:
    return one_line(text, _LONGEST_NAME)
