# SPDX-License-Identifier: GPL-3.0-or-later
"""Naming other programs: whatever a page says, the name is short, printable and quickly found."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.stranger import Stranger, Told, judge, named_by

from tests.processor_time import processor_time

FRAGMENTS = (
    "<title>",
    "<title ",
    "</title>",
    '<meta property="og:title" content="',
    '" />',
    "gradio",
    "window.gradio_config = {",
    '"version":"3.41.2"',
    "Ollama is running",
    '{"error":"Unexpected endpoint or method',
    '{"jsonrpc":"2.0"',
    '{"detail":"Not Found"}',
    "Django DEBUG",
    "Jupyter",
    "Invoke",
    "Fooocus 2.5.5",
    "\x1b[31m",
    "\u202e",
    "&lt;&#0;&#xd800;",
)
pages = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20)), max_size=30).map("".join)
headers = st.dictionaries(st.just("Server"), st.text(max_size=100), max_size=1)
ASKED = ("/api", "/api/version", "/api/v1/app/version", "/v1/models", "/mcp")
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=40)),
    lambda each: st.one_of(st.lists(each), st.dictionaries(st.sampled_from(("owned_by", "x")), each)),
    max_leaves=10,
)
answers = st.dictionaries(st.sampled_from(("version", "data", "jsonrpc", "error")), values)
statuses = st.integers(100, 599)


@given(statuses, headers, pages)
def test_any_page_gives_a_short_printable_name(status: int, fields: dict[str, str], page: str) -> None:
    stranger = judge(status, fields, page)
    assert len(stranger.name) <= 60
    assert stranger.name.isprintable()
    assert stranger.name or stranger.told is Told.NOTHING
    assert stranger.ask in ("", *ASKED)


@given(st.sampled_from(ASKED), statuses, st.one_of(pages, st.binary().map(repr), answers.map(json.dumps)))
def test_any_further_answer_gives_one_too(ask: str, status: int, answer: str) -> None:
    named = named_by(Stranger(Told.KNOWN, "Program", ask), status, answer)
    assert len(named.name) <= 90
    assert named.name.isprintable()


@pytest.mark.parametrize(
    "evil", ["<title", "<title>" * 1000, '<meta property="og:title" content="', "{" * 8192]
)
def test_no_page_takes_long(evil: str) -> None:
    page = ("gradio " + evil * (8192 // len(evil) + 1))[:8192]
    missing = evil * (8192 // len(evil))
    assert processor_time(lambda: (judge(200, {}, page), judge(404, {}, missing))) < 1.0


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ('{"version": "0.5.7"}', "Ollama 0.5.7"),
        ('{"version": "\\u001b[31m1"}', "Ollama [31m1"),
        ('{"version": 5}', "Ollama"),
        ('["version"]', "Ollama"),
        ("<html>", "Ollama"),
        ("[" * 100_000, "Ollama"),
    ],
)
def test_a_version_is_added_where_there_is_one(answer: str, name: str) -> None:
    ollama = judge(200, {}, "Ollama is running")
    assert named_by(ollama, 200, answer).name == name


def test_an_error_gives_no_version() -> None:
    assert named_by(judge(200, {}, "Ollama is running"), 404, '{"version": "1"}').name == "Ollama"


def test_the_software_stands_for_a_program_that_says_nothing() -> None:
    assert judge(200, {"Server": "nginx/1.27 (Debian)"}, "") == Stranger(Told.NOTHING, "nginx")
    assert judge(200, {}, "") == Stranger()


def test_the_title_of_an_error_is_no_name() -> None:
    missing = judge(404, {"Server": "nginx"}, "<title>404 Not Found</title>")
    assert missing == Stranger(Told.NOTHING, "nginx", "/mcp")


def test_the_last_title_of_a_gradio_page_is_that_of_the_app() -> None:
    own = '<meta property="og:title" content="Gradio" /><meta property="og:title" content="WanGP" /> gradio'
    assert judge(200, {}, own).name == "WanGP"
