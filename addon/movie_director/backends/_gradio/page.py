# SPDX-License-Identifier: GPL-3.0-or-later
"""What the first kilobytes of ``/`` say: whether it is Gradio, its version, its title, its log-in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ...core import reading
from ...transport.http import Answer

PAGE_LIMIT = 8 * 1024
MOST_APP_IDS = 2**64

_CONFIG = "window.gradio_config"
_SIGNS = (_CONFIG, 'content="https://gradio.app/"')
_HEAD = 600
"""Characters of the embedded configuration that hold version, prefix and app_id, in every generation."""

_TITLE = re.compile(r'<meta\s+property="og:title"\s+content="([^"]*)"')
_VERSION = re.compile(r'"version":\s*"(\d[0-9A-Za-z.+-]{0,30})')
_APP_ID = re.compile(r'"app_id":\s*(\d{1,20})\b')
_PREFIX = re.compile(r'"api_prefix":\s*"([^"]{0,100})"')
_AUTH_REQUIRED = re.compile(r'"auth_required":\s*true\b')
_PATH = re.compile(r"(?:/[\w.-]{1,40}){0,4}")


@dataclass(frozen=True)
class Page:
    """The first page of a Gradio server, as far as it was read."""

    title: str
    """What the program calls itself; "Gradio" when it has no title, and before the log-in."""
    version: str
    """Of Gradio; empty before the log-in."""
    app_id: int | None
    """A number that is drawn at each start of the server; None where the page does not hold it (< 3.50)."""
    prefix: str
    """What stands before the addresses for programs: "" up to 4, "/gradio_api" from 5 on."""
    auth_required: bool
    text: str
    """The page itself, cut at PAGE_LIMIT."""

    @property
    def generation(self) -> tuple[int, int]:
        """Major and minor version of Gradio; (0, 0) when it is not known."""
        return generation(self.version)


def read_page(answer: Answer) -> Page | None:
    """Read the answer of ``/``; None when it is not the page of a Gradio server."""
    text = answer.body[:PAGE_LIMIT].decode("utf-8", "replace")
    if not any(sign in text for sign in _SIGNS):
        return None
    head = text.partition(_CONFIG)[2][:_HEAD]
    version = _first(_VERSION, head)
    app_id = _first(_APP_ID, head)
    # Gradio 5 and 6 have a first title of their own before that of the program.
    titles = _TITLE.findall(text)
    return Page(
        title=reading.text(html.unescape(titles[-1])) if titles else "",
        version=version,
        app_id=reading.whole(int(app_id), 0, MOST_APP_IDS) if app_id else None,
        prefix=api_prefix(_first(_PREFIX, head)),
        auth_required=_AUTH_REQUIRED.search(head) is not None,
        text=text,
    )


def generation(version: str) -> tuple[int, int]:
    """(3, 50) for "3.50.2"; (0, 0) for what is no version."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def api_prefix(value: object) -> str:
    """A prefix of paths as a server names it, or "" for anything that is none."""
    prefix = reading.name(value, 100)
    return prefix if _PATH.fullmatch(prefix) and ".." not in prefix else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
