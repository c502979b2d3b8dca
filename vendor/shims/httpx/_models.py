"""The values: an address, limits in time, an answer."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from ._errors import HTTPStatusError, InvalidURL, mapped_errors

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 60.0

_READ_SIZE = 65536
_DEFAULT_PORTS = {"http": 80, "https": 443}


class URL:
    """The parts of an address, lower-cased and unquoted; `port` is None where it is the scheme's own."""

    def __init__(self, url: str) -> None:
        """Raise InvalidURL if `url` cannot be taken apart."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InvalidURL(str(error)) from error
        self.scheme = parts.scheme.lower()
        self.host = parts.hostname or ""
        self.port = None if port == _DEFAULT_PORTS.get(self.scheme) else port
        self.path = unquote(parts.path) or "/"


class Timeout:
    """Seconds to wait for a connection and for each next byte; None waits for ever."""

    def __init__(self, timeout: float | None) -> None:
        self.connect = timeout
        self.read = timeout


def timeout_pair(timeout: Timeout | float | None) -> tuple[float | None, float | None]:
    """Return the pair (connect, read) that requests wants."""
    if isinstance(timeout, Timeout):
        return timeout.connect, timeout.read
    return timeout, timeout


class Response:
    """An answer; its body has been read already unless it came from `stream`."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response

    @property
    def status_code(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> CaseInsensitiveDict[str]:
        return self._response.headers

    @property
    def cookies(self) -> RequestsCookieJar:
        return self._response.cookies

    @property
    def is_success(self) -> bool:
        return 200 <= self.status_code < 300

    @property
    def is_server_error(self) -> bool:
        return 500 <= self.status_code < 600

    @property
    def content(self) -> bytes:
        with mapped_errors():
            return self._response.content

    @property
    def text(self) -> str:
        """The body as UTF-8, which is what Gradio sends."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body as JSON; raise ValueError if it is none."""
        return json.loads(self.content)

    def raise_for_status(self) -> Response:
        """Return this answer; raise HTTPStatusError unless it is 2xx."""
        if self.is_success:
            return self
        raise HTTPStatusError(f"HTTP {self.status_code} from {self._response.url}", self)

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the body in pieces of at most `chunk_size` bytes, or as they arrive."""
        with mapped_errors():
            if chunk_size is not None:
                yield from self._response.raw.stream(chunk_size, decode_content=True)
                return
            # read1 returns what has come; stream and iter_content would wait until a piece is full
            while piece := self._response.raw.read1(_READ_SIZE, decode_content=True):
                yield piece

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body in pieces, still compressed if it came so."""
        with mapped_errors():
            yield from self._response.raw.stream(_READ_SIZE, decode_content=False)

    def iter_lines(self) -> Iterator[str]:
        """Yield the lines of the body, without their ends, as they arrive."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        for piece in self.iter_bytes():
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            for line in lines:
                yield line.removesuffix("\r")
        rest += decoder.decode(b"", final=True)
        if rest:
            yield rest

    def close(self) -> None:
        """Give the connection back, or end it if the body was not read to its end."""
        self._response.close()
