#!/usr/bin/env python3
"""Write the tables of all settings into docs/settings.md from the schema.

python3 scripts/draw_settings.py           write them
python3 scripts/draw_settings.py --check   end with 1 if they are not what the schema says
"""

import _python  # noqa: F401, I001  first, see there
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import _pages

ROOT = _pages.ROOT
sys.path.insert(0, str(ROOT / "addon"))

if TYPE_CHECKING:
    from movie_director.core.schema import Setting

PAGE = ROOT / "docs" / "settings.md"
BEGIN = "<!-- written by scripts/draw_settings.py from core/schema.py: begin -->"
END = "<!-- end -->"


def main() -> int:
    return _pages.main(__doc__, PAGE, draw)


def draw() -> str:
    """The page with fresh tables between its two marks."""
    page = PAGE.read_text("utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{PAGE.relative_to(ROOT)} has lost its marks: {BEGIN} … {END}")
    return f"{before}{begin}\n{chr(10).join(tables())}\n{end}{after}"


def tables() -> Iterator[str]:
    from movie_director.core.schema import CUSTOM_KEYS, GENERAL_SETTINGS, PREFIX, SERVICE_SETTINGS

    yield "Of each service; `COMFYUI` stands for any of them:"
    yield ""
    yield from table(SERVICE_SETTINGS, f"{PREFIX}COMFYUI_")
    yield ""
    yield "Of the whole program:"
    yield ""
    yield from table(GENERAL_SETTINGS, PREFIX)
    yield ""
    yield "What may stand in `custom_data`:"
    yield ""
    yield from ("| name | takes | default |", "|---|---|---|")
    for setting in CUSTOM_KEYS:
        yield f"| `{setting.name}` | {takes(setting)} | {default(setting)} |"


def table(settings: Iterable["Setting"], prefix: str) -> Iterator[str]:
    yield "| setting | what it does | takes | default | variable | who may set it |"
    yield "|---|---|---|---|---|---|"
    for setting in settings:
        variable = f"`{prefix}{setting.suffix}`" if setting.suffix else "–"
        yield (
            f"| `{setting.name}` | {setting.description} | {takes(setting)} | {default(setting)}"
            f" | {variable} | {who(setting)} |"
        )


def takes(setting: "Setting") -> str:
    from movie_director.core.checking import expected

    return expected(setting)


def default(setting: "Setting") -> str:
    from movie_director.core.schema import Kind

    if setting.name == "required":
        return "yes for ComfyUI and Wan2GP"
    if setting.kind is Kind.BOOLEAN:
        return "yes" if setting.default else "no"
    if setting.default in ("", "{}"):
        return "found by itself" if setting.kind is Kind.URL else "none"
    return f"{setting.default:g}"


def who(setting: "Setting") -> str:
    from movie_director.core.schema import WRITTEN

    if setting.is_secret:
        return "environment; kept apart from the other settings"
    if setting.layers == WRITTEN:
        return "everybody"
    return ", ".join(layer.value for layer in setting.layers)


if __name__ == "__main__":
    sys.exit(main())
