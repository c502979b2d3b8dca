# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test in Blender asks for: `wheel`, `gui` or `any_blender`, each a Blender in one mode."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.blender.blenders import GUIS, ROOT, WHEELS, Blender
from tests.blender.display import Display, display
from tests.blender.running import InBlender

ADDON = "movie_director"
TEST_LIMIT = 1800
"""Seconds for a test; each run in it has its own limit."""

FIXTURES = {"wheel", "gui", "any_blender"}

IN_EVERY_CASE = {"test_installing"}
"""Files whose tests are about the way of installing: always run in every Blender and mode."""
EACH_BLENDER_ONCE = {
    "wheel-4.2-legacy",
    "wheel-4.5-extension",
    "wheel-5.0-legacy",
    "wheel-5.2-extension",
    "gui-3.4-legacy",
    "gui-4.3-extension",
    "gui-5.2-legacy",
}
"""In alternating modes."""
EACH_MODULE = {f"{blender.name}-{mode}" for blender in WHEELS for mode in blender.modes}
OLDEST_AND_NEWEST = {"wheel-4.2-legacy", "wheel-5.2-extension", "gui-4.3-extension"}
"""Modules, and the window that is quickest: where all other tests run, unless they are run with `--long`."""
IN_SOME_CASES: dict[str, set[str]] = {
    "test_hands": set(),
    "test_harness": {"wheel-4.2-legacy", "gui-4.3-extension"},
    "test_lifecycle": EACH_BLENDER_ONCE,
    "test_blender_ends_as_fast_as_without_it": OLDEST_AND_NEWEST,
    "test_of_two_copies_the_second_stays_off_and_says_so": OLDEST_AND_NEWEST,
    "test_package": EACH_MODULE | EACH_BLENDER_ONCE,
    "test_stall": {"gui-4.3-extension"},
}
"""Files whose tests take minutes in each window, that of the harness itself, and what no Blender may miss.

A test that is named here differs from its file. Those without a case run with `--long` alone.
"""

Case = tuple[Blender, str]


def cases(blenders: tuple[Blender, ...]) -> list[ParameterSet]:
    """Each Blender in each of its modes, as parameters named such as "wheel-4.2-legacy"."""
    return [
        pytest.param((blender, mode), id=f"{blender.name}-{mode}")
        for blender in blenders
        for mode in blender.modes
    ]


CASES = {f"{blender.name}-{mode}" for blender in WHEELS + GUIS for mode in blender.modes}


def needs_blender(item: pytest.Item) -> bool:
    return bool(FIXTURES & set(getattr(item, "fixturenames", ())))


def _is_run_always(item: pytest.Item) -> bool:
    if item.path.stem in IN_EVERY_CASE:
        return True
    case = item.name.partition("[")[2]
    of_its_file = IN_SOME_CASES.get(item.path.stem, OLDEST_AND_NEWEST)
    chosen = IN_SOME_CASES.get(item.name.partition("[")[0], of_its_file)
    return not any(other in case for other in CASES - chosen)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a Blender, give it time, and leave it to the end: it takes longest."""
    for item in filter(needs_blender, items):
        item.add_marker(pytest.mark.blender)
        item.add_marker(pytest.mark.timeout(TEST_LIMIT))
        if not _is_run_always(item):
            item.add_marker(pytest.mark.long)
    items.sort(key=needs_blender)


@pytest.fixture(scope="session")
def addon_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip that is handed out, built from the sources as they are."""
    folder = tmp_path_factory.mktemp("zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        path: Path = importlib.import_module("build").build(folder)
    return path


@pytest.fixture(scope="session")
def screen() -> Iterator[Display]:
    """One X server for all tests."""
    with display() as running:
        yield running


def _in_blender(request: pytest.FixtureRequest, zip: Path, folder: Path) -> InBlender:
    blender, mode = request.param
    missing = blender.missing()
    if missing:
        pytest.skip(f"{blender.name}: {missing}")
    running = request.getfixturevalue("screen") if blender.kind == "gui" else None
    return InBlender(blender, mode, ADDON, zip, folder / "blender", running)


@pytest.fixture(params=cases(WHEELS))
def wheel(request: pytest.FixtureRequest, addon_zip: Path, tmp_path: Path) -> InBlender:
    """A Blender without windows: nothing is drawn, and no timer fires."""
    return _in_blender(request, addon_zip, tmp_path)


@pytest.fixture(params=cases(GUIS))
def gui(request: pytest.FixtureRequest, addon_zip: Path, tmp_path: Path) -> InBlender:
    """A Blender with windows, on a screen of its own."""
    return _in_blender(request, addon_zip, tmp_path)


@pytest.fixture(params=cases(WHEELS + GUIS))
def any_blender(request: pytest.FixtureRequest, addon_zip: Path, tmp_path: Path) -> InBlender:
    """Any of them."""
    return _in_blender(request, addon_zip, tmp_path)
