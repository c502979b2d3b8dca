"""A key goes to the address it was entered for, and is shown nowhere."""

from __future__ import annotations

import pickle

import pytest
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import ConfigError
from movie_director.core.keyring import FOUND_HERE, NO_KEY, Key, Keyring, Origin, split_credentials

CANARY = Key("canary-key", Credentials("canary-user", "canary-password"))
PORTS = (4000, 8000)


def shown(ring: Keyring, url: str, *, was_found: bool = False) -> Key:
    return ring.key_for(parse_endpoint(url), PORTS, was_found=was_found)


@pytest.mark.parametrize(
    ("entered", "asked", "same"),
    [
        ("http://127.0.0.1:4000", "http://localhost:4000", True),
        ("http://localhost:4000", "http://[::1]:4000", True),
        ("http://localhost:4000/litellm", "http://localhost:4000/other", True),
        ("http://0.0.0.0:4000", "http://127.0.0.1:4000", True),
        ("HTTP://Render.Example:4000/", "http://render.example:4000", True),
        ("https://render.example", "https://render.example:443", True),
        ("wss://render.example", "https://render.example", True),
        ("http://localhost", "http://localhost:80", True),
        ("localhost", "http://localhost:4000", True),
        ("http://localhost:4000", "https://localhost:4000", False),
        ("https://render.example:4000", "http://render.example:4000", False),
        ("http://render.example:4000", "http://render.example:4001", False),
        ("http://render.example:4000", "http://render.example.evil.example:4000", False),
        ("http://127.0.0.1:4000", "http://127.0.0.2:4000", False),
        ("http://localhost:4000", "http://evil.localhost:4000", False),
        ("http://localhost:4000", "http://localhost.evil.example:4000", False),
        ("http://example.com:4000", "http://\u0435\u0445\u0430m\u0440l\u0435.com:4000", False),
        ("http://[fe80::1%eth0]:4000", "http://[fe80::1%eth1]:4000", False),
        ("http://[::ffff:127.0.0.1]:4000", "http://[::ffff:10.0.0.1]:4000", False),
        ("not an address", "http://localhost:4000", False),
    ],
)
def test_a_key_belongs_to_scheme_host_and_port(entered: str, asked: str, same: bool) -> None:
    ring = Keyring().add(entered, CANARY)
    assert shown(ring, asked) == (CANARY if same else NO_KEY)


@pytest.mark.parametrize(
    ("url", "was_found", "gets"),
    [
        ("http://127.0.0.1:4000", True, True),
        ("http://[::1]:8000", True, True),
        ("http://127.0.0.1:49152", True, True),
        ("http://127.0.0.1:4000", False, True),
        ("http://127.0.0.1:49152", False, False),
        ("https://127.0.0.1:4000", True, False),
        ("http://192.168.1.20:4000", True, False),
        ("http://studio.local:4000", True, False),
        ("http://127.0.0.2:4000", True, False),
    ],
)
def test_a_key_without_an_address_goes_to_what_is_found_here(url: str, was_found: bool, gets: bool) -> None:
    """And to a usual port of this computer, where it would be found; to nothing else that somebody names."""
    ring = Keyring().add(FOUND_HERE, CANARY)
    assert bool(shown(ring, url, was_found=was_found)) is gets


def test_the_first_key_wins_and_the_next_completes_it() -> None:
    login = Credentials("artist", "geheim")
    ring = Keyring().add("http://localhost:4000", Key("first"))
    ring = ring.followed_by(Keyring().add("http://127.0.0.1:4000", Key("second", login)))
    assert shown(ring, "http://localhost:4000") == Key("first", login)


def test_an_empty_key_is_not_kept() -> None:
    assert not Keyring().add("http://localhost:4000", NO_KEY)


def test_nothing_of_a_key_is_in_a_repr() -> None:
    ring = Keyring().add("http://localhost:4000", CANARY)
    for each in (CANARY, ring, {"ring": ring}, CANARY.credentials, ConfigError):
        assert "canary" not in repr(each)
    assert b"canary" in pickle.dumps(ring), "the key itself must be there"


def test_what_must_be_hidden() -> None:
    ring = Keyring().add("http://localhost:4000", CANARY).add("", Key(credentials=Credentials("token", "")))
    assert ring.secrets == ("canary-key", "canary-password", "canary-user:canary-password", "token")


@pytest.mark.parametrize(
    ("url", "kept", "credentials"),
    [
        ("http://localhost:4000/x", "http://localhost:4000/x", None),
        (" localhost ", "localhost", None),
        ("http://me:pass@word@render.lan:1/p", "http://render.lan:1/p", Credentials("me", "pass@word")),
        ("me:pw@render.lan", "render.lan", Credentials("me", "pw")),
        ("https://me:p%2Fw%3A@[::1]:8", "https://[::1]:8", Credentials("me", "p/w:")),
    ],
)
def test_a_password_leaves_its_address(url: str, kept: str, credentials: Credentials | None) -> None:
    assert split_credentials(url) == (kept, credentials)


def test_a_broken_address_is_told_without_its_password() -> None:
    with pytest.raises(ConfigError) as caught:
        split_credentials("ftp://me:canary@render.lan")
    assert "canary" not in repr(caught.value) + str(caught.value.problem)


def test_an_origin_is_written_and_read_back() -> None:
    for url in ("http://localhost:4000", "https://render.example:443", "http://[fe80::1%2512]:80"):
        assert str(Origin.parse(url)) == url


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1", True),
        ("http://127.9.9.9:1", True),
        ("http://[::ffff:127.0.0.1]:1", True),
        ("http://x.localhost:1", True),
        ("http://10.0.0.1:1", False),
        ("http://[::ffff:10.0.0.1]:1", False),
        ("http://0x7f000001:1", False),
        ("http://localhost.example:1", False),
    ],
)
def test_what_is_this_computer(url: str, here: bool) -> None:
    assert Origin.parse(url).is_here is here
