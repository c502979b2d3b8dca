"""The documents point at things that exist, and the index of decisions is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*"))
LARGEST_PICTURE = 150_000
"""Bytes: who clones the project gets every version of every picture."""
NAMED_PATH = re.compile(r"`((?:addon|docs|scripts|tests|vendor)/[\w./-]*)`")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text("utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_path_named_exists(document: Path) -> None:
    paths = NAMED_PATH.findall(document.read_text("utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_decision_is_in_the_index_and_has_its_own_number() -> None:
    folder = ROOT / "docs" / "adr"
    decisions = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text("utf-8")
    assert [name for name in decisions if f"({name})" not in index] == []
    numbers = [name.partition("-")[0] for name in decisions]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("picture", PICTURES, ids=relative)
def test_every_picture_is_shown_by_a_document_and_small(picture: Path) -> None:
    shown = [
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in LINK.findall(document.read_text("utf-8"))
    ]
    assert picture in shown
    assert picture.suffix == ".png"
    assert picture.stat().st_size <= LARGEST_PICTURE
