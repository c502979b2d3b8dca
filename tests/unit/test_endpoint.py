# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs: what is accepted and how it is normalised, what is refused and in which words."""

from __future__ import annotations

import pytest
from movie_director.core.endpoint import Endpoint, parse_endpoint, parse_url, without_credentials
from movie_director.core.errors import ConfigError, ProblemCode


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("localhost", "http://localhost:8188"),
        (" 127.0.0.1:9000 ", "http://127.0.0.1:9000"),
        ("http://render.example", "http://render.example:80"),
        ("https://render.example", "https://render.example:443"),
        ("ws://localhost:8188/", "http://localhost:8188"),
        ("wss://render.example/comfy/", "https://render.example:443/comfy"),
        ("HTTP://Render.Example.:80", "http://render.example:80"),
        ("bücher.example:81", "http://xn--bcher-kva.example:81"),
        ("::1", "http://[::1]:8188"),
        ("http://0.0.0.0:8188", "http://127.0.0.1:8188"),
        ("[::]:8188", "http://[::1]:8188"),
        ("[::1]:9000", "http://[::1]:9000"),
        ("http://[FE80::1%25eth0]:8188", "http://[fe80::1%25eth0]:8188"),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]:8188"),
        ("fe80::1%12", "http://[fe80::1%2512]:8188"),
        ("http://user:secret@host:1", "http://host:1"),
    ],
)
def test_an_address_is_normalised(text: str, url: str) -> None:
    assert parse_url(text, default_port=8188).endpoint.url == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("ftp://host", "the scheme 'ftp' is not one of http, https, ws, wss"),
        ("http://", "the name of the computer is missing"),
        ("http://host:", "the port after ':' is missing"),
        ("http://host:0", "'0' after the colon is not a number from 1 to 65535"),
        ("host:70000", "'70000' after the colon is not a number from 1 to 65535"),
        ("host:\uff18\uff11", "'\uff18\uff11' after the colon is not a number from 1 to 65535"),
        ("host:8188abc", "'8188abc' after the colon is not a number from 1 to 65535"),
        ("http://a b", "it contains a space, a backslash or a control character"),
        ("http:\\\\host", "it contains a space, a backslash or a control character"),
        ("http://host\x00", "it contains a space, a backslash or a control character"),
        ("1.2.3", "'1.2.3' is not an IPv4 address such as 192.168.1.20"),
        ("\u00b9", "'1' is not an IPv4 address such as 192.168.1.20"),
        ("http://[::1", "it is not a URL"),
        ("-host-", "'-host-' is not the name of a computer"),
        ("a..b", "'a..b' is not the name of a computer"),
        ("http://host/?x=1", "it has a '?' or '#' part; only the address of the server is wanted"),
    ],
)
def test_a_broken_address_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_url(text)
    problem = caught.value.problem
    assert (problem.code, problem.retry) == (ProblemCode.BAD_URL, False)
    assert problem.parameter("reason") == reason
    assert problem.parameter("value") == text.strip()


def test_a_huge_address_is_refused_without_quoting_all_of_it() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_url("http://" + "a" * 5000)
    assert len(caught.value.problem.detail) < 200


def test_credentials_are_kept_apart_and_shown_nowhere() -> None:
    parsed = parse_url("http://us%40er:s%3Aecret@host:1")
    assert parsed.credentials is not None
    assert (parsed.credentials.user, parsed.credentials.password) == ("us@er", "s:ecret")
    assert "s:ecret" not in repr(parsed)
    assert parse_url("host").credentials is None


@pytest.mark.parametrize(
    "text",
    [
        "http://user:secret@host:70000",
        "http://user:sec/secret@host:1",
        "http://user:#secret@host:1",
        "user:secret@ho st",
        "ftp://user:secret@host",
        "http://user:secret@[::1",
        "http://a@secret@",
    ],
)
def test_no_refusal_quotes_a_password(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_url(text)
    assert "secret" not in repr(caught.value.problem) + str(caught.value)


def test_credentials_are_removed_from_any_text() -> None:
    assert without_credentials("http://user:pass@host:1/x") == "http://host:1/x"
    assert without_credentials("user:p/a?s#s@host") == "host"
    assert without_credentials("comfyui") == "comfyui"


@pytest.mark.parametrize(
    ("text", "loopback", "private"),
    [
        ("localhost", True, True),
        ("comfy.localhost", True, True),
        ("127.1.2.3", True, True),
        ("::1", True, True),
        ("192.168.1.20", False, True),
        ("fe80::1%eth0", False, True),
        ("renderbox", False, True),
        ("renderbox.local", False, True),
        ("render.example", False, False),
        ("8.8.8.8", False, False),
    ],
)
def test_it_is_known_what_stays_on_this_computer_and_this_network(
    text: str, loopback: bool, private: bool
) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.is_loopback, endpoint.is_private) == (loopback, private)


def test_an_endpoint_knows_its_other_forms() -> None:
    endpoint = Endpoint("https", "::1", 443, "/comfy")
    assert endpoint.authority == "[::1]:443"
    assert endpoint.origin == "https://[::1]:443"
    assert endpoint.websocket_url == "wss://[::1]:443/comfy"
    assert str(endpoint) == "https://[::1]:443/comfy"
