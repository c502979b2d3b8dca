"""A secret never survives, wherever it stands and however it is spelled."""

from __future__ import annotations

import json
import unicodedata
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.printable import visible
from movie_director.core.redact import redact

ANY_TEXT = st.text(max_size=60)
SECRETS = st.text(min_size=4, max_size=40).filter(lambda text: len(text.strip()) >= 4)
TOKENS = st.text(alphabet="abcdefXYZ0189-_.~", min_size=6, max_size=40)
SHAPES = st.sampled_from(
    [
        "http://ada:{}@host:8188/",
        "https://{}@host/",
        "Authorization: Bearer {}",
        "authorization=Basic {}",
        "{{'Authorization': 'Bearer {}'}}",
        "X-API-Key: {}",
        '{{"api_key": "{}"}}',
        "?a=1&api_key={}&b=2",
        "?token={}",
        "password={}",
        "Bearer {}",
        "Cookie: session={}",
    ]
)


@given(ANY_TEXT, SECRETS, ANY_TEXT)
def test_a_known_secret_is_gone_from_any_text(before: str, secret: str, after: str) -> None:
    canary = f"\N{BLACK STAR}{secret}"
    for spelled in (
        canary,
        quote(canary, safe="", errors="replace"),
        quote_plus(canary, errors="replace"),
        json.dumps(canary),
        repr(canary),
    ):
        cleaned = redact(f"{before} {spelled} {after}", [canary])
        assert canary not in cleaned
        assert spelled.strip("'\"") not in cleaned


@given(SHAPES, TOKENS, st.text(alphabet=" ,;\n", max_size=3), ANY_TEXT)
def test_a_credential_of_a_usual_shape_is_gone_although_nobody_knew_it(
    shape: str, token: str, end: str, after: str
) -> None:
    canary = f"canary{token}"
    assert canary not in redact(f"failed: {shape.format(canary)}{end}{after}")


@given(ANY_TEXT)
def test_what_is_printable_stays_on_its_line(text: str) -> None:
    written = visible(text)
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in written)
    written.encode("utf-8")
