# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program that is none of ours calls itself."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_LONGEST_NAME = 60


def program_name(headers: Mapping[str, str], page: str) -> str:
    """The page's title, else the name in the Server header, else nothing; short and printable.

    `headers` must find "Server" whatever its case; `page` may be cut anywhere.
    """
    title = _TITLE.search(page)
    name = html.unescape(title.group(1)) if title else headers.get("Server", "").partition("/")[0]
    printable = "".join(character if character.isprintable() else " " for character in name)
    return " ".join(printable.split())[:_LONGEST_NAME]
