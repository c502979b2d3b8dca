# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to one Gradio server, signed in where it asks for user and password.

A server with log-in shows its page to everybody, which then says ``auth_required``, and answers 401 at the
addresses for programs. It knows a visitor by a cookie, and forgets it when it restarts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.endpoint import Credentials
from ...core.errors import ProblemCode, Rejected, problem
from ...core.facts import Access
from ...transport.http import Answer, HttpClient, expect_ok
from .config import CONFIG_LIMIT, GradioConfig, read_config
from .page import PAGE_LIMIT, Page, read_page

_SMALL = 64 * 1024
_COOKIE = re.compile(r"(?:^|[\s,;])(access-token[A-Za-z0-9_-]{0,120})=([A-Za-z0-9_-]{8,256})(?=;|,|$)")
_REFUSED = frozenset({400, 401, 403})


class Visitor:
    """Asks one server; keeps its cookie, which is sent to nobody else.

    Times are in seconds, None for the client's own limit. Every method raises `ServiceError`.
    """

    def __init__(self, http: HttpClient, credentials: Credentials | None, cookie: str = "") -> None:
        self.http = http
        self.cookie = cookie
        self._credentials = credentials

    @property
    def access(self) -> Access:
        """Whether the server let us in by a log-in, or asked for none."""
        return Access.ACCEPTED if self.cookie else Access.OPEN

    def page(self, timeout: float | None = None) -> tuple[Answer, Page | None]:
        """The beginning of ``/`` and what it says; signs in first when the server asks for it.

        Raises `Rejected` (key-missing, key-rejected), and `ServerFailed`.
        """
        answer = self._get("/", PAGE_LIMIT, timeout, prefix_only=True)
        page = read_page(answer)
        if page is not None and page.auth_required:
            self.sign_in(timeout)
            answer = self._get("/", PAGE_LIMIT, timeout, prefix_only=True)
            page = read_page(answer)
            if page is not None and page.auth_required:
                raise self._rejected(ProblemCode.KEY_REJECTED, "/: still asks for a log-in after it")
        if page is None:
            self.expect_no_refusal(answer)
        return answer, page

    def expect_no_refusal(self, answer: Answer) -> None:
        """Raise what a web server that stands before the program says in its place, if it says that.

        Its password is the one of the address, as Basic authorization; a key is none. Raises `Rejected`
        (key-missing, key-rejected) for 401 and 403, `ServerFailed` for 5xx, which says nothing about which
        program it is.
        """
        if answer.status in (401, 403):
            code = ProblemCode.KEY_MISSING if self._credentials is None else ProblemCode.KEY_REJECTED
            raise self._rejected(code, f"{answer.url}: HTTP {answer.status}")
        if answer.status >= 500:
            expect_ok(answer)

    def config(self, timeout: float | None = None) -> GradioConfig:
        """``/config``, up to CONFIG_LIMIT bytes."""
        return read_config(expect_ok(self._get("/config", CONFIG_LIMIT, timeout)).json())

    def get_json(self, path: str, timeout: float | None = None) -> object:
        """The JSON of a small answer."""
        return expect_ok(self._get(path, _SMALL, timeout)).json()

    def sign_in(self, timeout: float | None = None) -> None:
        """Exchange user and password for a cookie. Raises `Rejected` (key-missing, key-rejected)."""
        self.sign_out()
        if self._credentials is None:
            raise self._rejected(ProblemCode.KEY_MISSING, "/: auth_required")
        form = {"username": self._credentials.user, "password": self._credentials.password}
        # 3.14 answers with a redirect that carries the cookie, later ones with JSON.
        answer = self.http.request("POST", "/login", data=form, limit=_SMALL, timeout=timeout, redirects=True)
        if answer.status in _REFUSED:
            raise self._rejected(ProblemCode.KEY_REJECTED, f"POST /login: HTTP {answer.status}")
        if not 300 <= answer.status < 400:
            expect_ok(answer)
        self.cookie = _cookies(answer.headers)
        if not self.cookie:
            raise self._rejected(ProblemCode.KEY_REJECTED, "POST /login: no cookie came")

    def sign_out(self) -> None:
        """Forget the cookie."""
        self.cookie = ""

    def _get(self, path: str, limit: int, timeout: float | None, *, prefix_only: bool = False) -> Answer:
        headers = {"Cookie": self.cookie} if self.cookie else None
        return self.http.request(
            "GET", path, headers=headers, limit=limit, timeout=timeout, prefix_only=prefix_only
        )

    def _rejected(self, code: ProblemCode, detail: str) -> Rejected:
        endpoint = self.http.endpoint
        example = f"{endpoint.scheme}://name:password@{endpoint.authority}{endpoint.path}"
        return Rejected(problem(code, detail, retry=False, address=endpoint.authority, login=example))


def _cookies(headers: Mapping[str, str]) -> str:
    """The tokens of a log-in, for secure and for plain connections, as one field to send back."""
    found = _COOKIE.findall(headers.get("set-cookie", ""))
    return "; ".join(f"{name}={token}" for name, token in found[:4])
