"""Credentials of every usual shape are taken out, and the rest of the text stays."""

from __future__ import annotations

import base64

import pytest
from movie_director.core.redact import HIDDEN, Redactor, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GET http://ada:pass@host:8188/x: 404", f"GET http://{HIDDEN}@host:8188/x: 404"),
        ("'http://ada:p@ss/w#rd@host/'", f"'http://{HIDDEN}@host/'"),
        ("wss://token@[::1]:1 and http://plain:80", f"wss://{HIDDEN}@[::1]:1 and http://plain:80"),
        ("Authorization: Basic YWRhOnBhc3M=", f"Authorization: {HIDDEN}"),
        ("{'Authorization': 'Bearer a b', 'Accept': '*'}", f"{{'Authorization': {HIDDEN}, 'Accept': '*'}}"),
        ("sent bearer abc, got 401", f"sent bearer {HIDDEN}, got 401"),
        ("x-api-key: abc", f"x-api-key: {HIDDEN}"),
        ('{"api_key": "a\\"b", "n": 2}', f'{{"api_key": {HIDDEN}, "n": 2}}'),
        ("/queue?api_key=abc&n=2", f"/queue?api_key={HIDDEN}&n=2"),
        ("/x?n=2&access_token=abc HTTP/1.1", f"/x?n=2&access_token={HIDDEN} HTTP/1.1"),
        ("MOVIE_DIRECTOR_LITELLM_API_KEY=abc set", f"MOVIE_DIRECTOR_LITELLM_API_KEY={HIDDEN} set"),
        ("Set-Cookie: access-token=abc; Path=/", f"Set-Cookie: {HIDDEN}"),
        ("password='a b' rest", f"password={HIDDEN} rest"),
        ("key sk-abcdefghijklmnop1234 was", f"key {HIDDEN} was"),
    ],
)
def test_usual_shapes(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "connect to 127.0.0.1:8188: [Errno 111] Connection refused",
        "GET http://127.0.0.1:8188/system_stats: 200 in 5 ms",
        "max_tokens=20, a basic workflow with 3 tokens",
        "mail ada@example.org about node 12",
        "",
    ],
)
def test_harmless_texts_stay(text: str) -> None:
    assert redact(text) == text


def test_known_secrets_are_removed_however_they_are_written() -> None:
    secret = 'swörd "fish"/\\'
    spelled = [
        secret,
        "sw%C3%B6rd%20%22fish%22%2F%5C",
        "sw%C3%B6rd+%22fish%22%2F%5C",
        'swörd \\"fish\\"/\\\\',
        'sw\\u00f6rd \\"fish\\"/\\\\',
        base64.b64encode(secret.encode()).decode(),
    ]
    for text in spelled:
        assert redact(f"<{text}>", [secret]) in (f"<{HIDDEN}>", f"<{HIDDEN}=>", f"<{HIDDEN}==>"), text


def test_a_secret_inside_another_does_not_save_its_rest() -> None:
    assert redact("abcd abcdefgh", ["abcd", "abcdefgh"]) == f"{HIDDEN} {HIDDEN}"


def test_texts_too_short_to_be_secrets_are_left_alone() -> None:
    assert Redactor(["", "  ", "abc"])("abc and more") == "abc and more"
