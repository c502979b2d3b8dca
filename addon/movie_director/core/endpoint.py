# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a service listens: parsed and normalised once, never a half-valid value."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from .errors import ConfigError, ProblemCode, problem

_SCHEMES = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9.]+")
_PRIVATE_SUFFIXES = (".local", ".lan", ".home.arpa")
_URL_LIMIT = 1024
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""What a server prints when it listens everywhere, and where it can be reached then."""


@dataclass(frozen=True)
class Credentials:
    """User and password that stood in a URL. They never appear in a text: not even in a repr."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True)
class Endpoint:
    """The address of one running program.

    `host` is a lower-case name in ASCII (IDNA) or an IP literal without brackets, `path` is empty or
    begins with "/" and does not end with one.
    """

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """``host:port``, an IPv6 address in brackets, with its zone as RFC 6874 writes it: ``%25eth0``.

        A zone may be a number: written as ``%12`` it would be read as one character.
        """
        host = f"[{self.host.replace('%', '%25')}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """``scheme://host:port``: what a secret belongs to."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    @property
    def websocket_url(self) -> str:
        return ("wss://" if self.secure else "ws://") + self.authority + self.path

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """Whether the address can only mean this computer."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        address = self._address
        return address is not None and address.is_loopback

    @property
    def place(self) -> tuple[str, int]:
        """Computer and port; all names of this computer are one."""
        return "loopback" if self.is_loopback else self.host, self.port

    @property
    def is_private(self) -> bool:
        """Whether it lies on this computer or on a private network, so that no proxy is ever used.

        A name without a dot and names under ``.local`` or ``.lan`` count as private.
        """
        address = self._address
        if address is not None:
            return address.is_private or address.is_link_local or address.is_loopback
        return self.is_loopback or "." not in self.host or self.host.endswith(_PRIVATE_SUFFIXES)

    @property
    def _address(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            return address.ipv4_mapped  # ::ffff:127.0.0.1 leads where 127.0.0.1 does
        return address

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class ParsedUrl:
    """What a URL said: the endpoint, and the credentials that must be kept apart from it."""

    endpoint: Endpoint
    credentials: Credentials | None = None


def parse_url(text: str, *, default_port: int | None = None) -> ParsedUrl:
    """Read ``host``, ``host:port`` or a full URL with http, https, ws or wss.

    Without a scheme it is http; without a port it is `default_port` when the text has no scheme
    either, else the scheme's own. Raises `ConfigError` (``bad-url``) which quotes the text without
    its password, says what is wrong with it, and what was expected.
    """
    cleaned = _bracketed(text.strip())
    has_scheme = "://" in cleaned
    split = _split(cleaned if has_scheme else f"http://{cleaned}", text)
    scheme = _SCHEMES.get(split.scheme)
    if scheme is None:
        raise _bad(text, f"the scheme '{split.scheme}' is not one of http, https, ws, wss")
    if "@" in split.path + split.query + split.fragment:
        raise _bad(text, "a '/', '?' or '#' in a user name or password must be written %2F, %3F or %23")
    if split.query or split.fragment:
        raise _bad(text, "it has a '?' or '#' part; only the address of the server is wanted")
    port = _port(split, text)
    if port is None:
        port = default_port if default_port and not has_scheme else _DEFAULT_PORTS[scheme]
    host = _host(split, text)
    endpoint = Endpoint(scheme, _REACHABLE.get(host, host), port, split.path.rstrip("/"))
    return ParsedUrl(endpoint, _credentials(split))


def parse_endpoint(text: str, *, default_port: int | None = None) -> Endpoint:
    """Like `parse_url`, for places where credentials make no sense and are dropped."""
    return parse_url(text, default_port=default_port).endpoint


def without_credentials(text: str) -> str:
    """The text of a URL, complete or broken, without anything that stands before its last "@".

    Rather too much than too little: in a broken URL a password may reach beyond the first "/".
    """
    return re.sub(r"^(?P<scheme>[^/@]*//)?.*@", r"\g<scheme>", text, flags=re.DOTALL)


def _bracketed(text: str) -> str:
    """Give a bare IPv6 address, which people type without brackets, its brackets."""
    try:
        ipaddress.IPv6Address(text.partition("%")[0])
    except ValueError:
        return text
    return f"[{text.replace('%', '%25')}]"


def _split(url: str, text: str) -> SplitResult:
    if not text.strip():
        raise _bad(text, "it is empty")
    if len(text) > _URL_LIMIT:
        raise _bad(text[:60] + "…", f"it is longer than {_URL_LIMIT} characters")
    if any(character.isspace() or ord(character) < 32 for character in url) or "\\" in url:
        raise _bad(text, "it contains a space, a backslash or a control character")
    try:
        return urlsplit(url)
    except ValueError as error:
        raise _bad(text, "it is not a URL") from error


def _port(split: SplitResult, text: str) -> int | None:
    after_host = split.netloc.rpartition("@")[2].rpartition("]")[2]
    written = after_host.partition(":")[2] if ":" in after_host else None
    if written == "":
        raise _bad(text, "the port after ':' is missing")
    if written is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", written) or not 1 <= int(written) <= 65535:
        raise _bad(text, f"'{written[:20]}' after the colon is not a number from 1 to 65535")
    return int(written)


def _host(split: SplitResult, text: str) -> str:
    try:
        host = split.hostname or ""
    except ValueError as error:
        raise _bad(text, "it is not a URL") from error
    host = unquote(host)
    if not host:
        raise _bad(text, "the name of the computer is missing")
    if split.netloc.rpartition("@")[2].startswith("[") or ":" in host:
        return _ipv6(host, text)
    if _NUMERIC.fullmatch(host):
        return _ipv4(host, text)
    return _name(host, text)


def _ipv4(host: str, text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise _bad(text, f"'{host[:80]}' is not an IPv4 address such as 192.168.1.20") from error


def _ipv6(host: str, text: str) -> str:
    address, percent, zone = host.partition("%")
    if percent and (not zone or not re.fullmatch(r"[A-Za-z0-9._~-]{1,32}", zone)):
        raise _bad(text, f"'{zone[:80]}' is not the zone of an IPv6 address")
    try:
        return str(ipaddress.IPv6Address(address)) + percent + zone
    except ValueError as error:
        raise _bad(text, f"'{host[:80]}' is not an IPv6 address such as ::1") from error


def _name(host: str, text: str) -> str:
    try:
        ascii_host = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise _bad(text, f"'{host[:80]}' is not the name of a computer") from error
    if _NUMERIC.fullmatch(ascii_host):  # such as a superscript one, which IDNA writes as 1
        return _ipv4(ascii_host, text)
    if len(ascii_host) > 253 or not all(_LABEL.fullmatch(label) for label in ascii_host.split(".")):
        raise _bad(text, f"'{host[:80]}' is not the name of a computer")
    return ascii_host


def _credentials(split: SplitResult) -> Credentials | None:
    user_info, at, _ = split.netloc.rpartition("@")
    if not at:
        return None
    user, _, password = user_info.partition(":")
    return Credentials(unquote(user), unquote(password))


def _bad(text: str, reason: str) -> ConfigError:
    quoted = without_credentials(text.strip())[:80]
    return ConfigError(
        problem(
            ProblemCode.BAD_URL,
            f"'{quoted}': {without_credentials(reason)}",
            retry=False,
            value=quoted,
            reason=without_credentials(reason),
        )
    )
