# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide for who makes films has an entry for what the program says, in the words of the program.

Of problems with a code the words stand in docs/problems.md; tests/unit/test_messages.py compares those, and
the guide sends there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from movie_director.core.english import ENGLISH
from movie_director.core.errors import ProblemCode
from movie_director.core.messages import message, text

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
PROBLEMS = (ROOT / "docs" / "problems.md").read_text("utf-8")

KNOWN = {
    "program": "ComfyUI",
    "version": "0.33.0",
    "oldest": "0.3.45",
    "newest": "0.33.0",
    "value": text(message("setting-layer.environment")),
}
WITHOUT_CODE = (
    "panel.starting",
    "panel.failed",
    "panel.failed-advice-1",
    "panel.failed-advice-2",
    "panel.waiting",
    "panel.waits-for-you",
    "panel.loopback-only",
    "diagnostics-button.copy",
    "setting.auto_connect",
    "setting.enabled",
    "setting.timeout",
    "preset.lan-studio",
    "panel-button.use",
    "panel-button.check",
    "panel-button.retry",
    "panel-button.test",
    "preferences-button.discover",
    "consent-tip.nothing",
    "consent-tip.none-allowed",
    "consent-tip.unnamed",
    "setting.ca_file",
    "preferences-button.advanced",
    "project-button.reset-all",
    *(id for id in ENGLISH if id.startswith("support.")),
    *(id for id in ENGLISH if id.partition(".")[0].endswith("-unavailable")),
)
"""Sentences that tell why something is not as expected, and the names of what the guide sends people to."""
IN_THE_CODE = {
    "addon/movie_director/cli/main.py": (
        "The packages that Movie Director needs are not there yet. Run: python3 scripts/run.py",
        "Movie Director made a mistake of its own (",
        "The output cannot be written: ",
    ),
    "addon/movie_director/cli/session.py": ("No log is written: ",),
    "addon/movie_director/ui/twin.py": ("Movie Director is already on, as ",),
}


@pytest.mark.parametrize("id", WITHOUT_CODE)
def test_what_has_no_code_is_in_the_guide(id: str) -> None:
    assert text(message(id, **KNOWN)) in GUIDE


@pytest.mark.parametrize("code", ProblemCode)
def test_the_guide_sends_to_every_problem(code: ProblemCode) -> None:
    assert f"[`{code.value}`](problems.md#{code.value})" in GUIDE


@pytest.mark.parametrize("state", [id for id in ENGLISH if id.startswith("llm.without-")])
def test_what_keeps_texts_from_being_written_is_in_the_guide(state: str) -> None:
    assert f"| {text(message(state, program='LiteLLM'))} |" in GUIDE


@pytest.mark.parametrize(("file", "sentences"), IN_THE_CODE.items())
def test_sentences_that_stand_in_the_code_are_in_the_guide(file: str, sentences: tuple[str, ...]) -> None:
    source = (ROOT / file).read_text("utf-8")
    for sentence in sentences:
        assert sentence in source
        assert sentence in GUIDE


def headings(document: str) -> set[str]:
    """The anchors of a document, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in found}


def test_every_jump_in_the_guide_arrives() -> None:
    assert set(re.findall(r"\]\(#([\w-]+)\)", GUIDE)) <= headings(GUIDE)
    jumps = set(re.findall(r"\]\(problems\.md#([\w-]+)\)", GUIDE))
    assert jumps
    assert jumps <= headings(PROBLEMS)
