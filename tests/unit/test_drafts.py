# SPDX-License-Identifier: GPL-3.0-or-later
"""Half-typed texts: checked at every letter, used only when they are in order and left alone."""

from __future__ import annotations

import pytest
from movie_director.core.drafts import SETTLE, Drafts
from movie_director.core.errors import ProblemCode
from movie_director.core.schema import Key, Schema, ServiceTraits

SCHEMA = Schema((ServiceTraits("comfyui", "ComfyUI", 8188, required=True),))
URL = Key("comfyui", "url")
OBJECT = Key("comfyui", "custom_data")


def typed(text: str, used: str = "", now: float = 10.0, drafts: Drafts | None = None) -> Drafts:
    return (drafts or Drafts()).typed(SCHEMA, URL, text, used, now)


def test_a_good_text_is_used_once_it_was_left_alone() -> None:
    drafts = typed("http://render.lan:8188")
    assert drafts.complete(10.0 + SETTLE - 0.01) == ()
    assert drafts.complete(10.0 + SETTLE) == ((URL, "http://render.lan:8188"),)


def test_every_letter_begins_the_wait_anew() -> None:
    drafts = typed("http://10.0.0.1", now=10.0)
    drafts = typed("http://10.0.0.12", now=11.0, drafts=drafts)
    assert drafts.complete(10.0 + SETTLE) == ()
    assert drafts.complete(11.0 + SETTLE) == ((URL, "http://10.0.0.12"),)


@pytest.mark.parametrize("text", ["http://", "http://10.0.", "http://host:99999", "ftp://x", "a b"])
def test_a_wrong_text_stays_and_is_never_used(text: str) -> None:
    drafts = typed(text)
    draft = drafts.get(URL)
    assert draft is not None
    assert draft.text == text
    assert draft.fault is not None
    assert draft.fault.code is ProblemCode.BAD_SETTING
    assert drafts.complete(1e9) == ()


def test_typing_back_what_holds_leaves_nothing() -> None:
    drafts = typed("http://other", used="http://render.lan")
    assert drafts
    assert not typed("http://render.lan", used="http://render.lan", drafts=drafts)


def test_an_emptied_field_is_in_order() -> None:
    assert typed("", used="http://render.lan").complete(1e9) == ((URL, ""),)


def test_a_wrong_object_says_what_was_meant() -> None:
    draft = Drafts().typed(SCHEMA, OBJECT, '{"busylimit": 5}', "", 0.0).get(OBJECT)
    assert draft is not None
    assert draft.fault is not None
    assert "busy_limit" in str(draft.fault.parameter("reason"))


def test_each_field_has_its_own_text() -> None:
    drafts = typed("http://one").typed(SCHEMA, OBJECT, "{", "", 0.0)
    assert {key for key, _ in drafts.complete(1e9)} == {URL}
    assert drafts.without([URL]).entries.keys() == {OBJECT}


def test_a_refused_text_stays_with_the_reason() -> None:
    fault = typed("http://").get(URL)
    assert fault is not None
    assert fault.fault is not None
    refused = typed("http://render.lan").refused(URL, fault.fault)
    assert refused.complete(1e9) == ()
    assert refused.get(URL) is not None
    assert not Drafts().refused(URL, fault.fault)
