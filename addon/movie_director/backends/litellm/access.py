# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answer of a locked address says about the key; docs/adr/0035 says why it is done so."""

from __future__ import annotations

from ...core import reading
from ...core.errors import ProblemCode, ProtocolError, Rejected, problem
from ...core.facts import Access
from ...transport.http import Answer

_UNAUTHORISED = frozenset({401, 403})
_REJECTING = frozenset({"auth_error", "expired_key", "no_db_connection", "token_not_found_in_db"})
"""Types of errors with status 400 that mean the key. Without a database there is only the master key, and
another one is answered with "no_db_connection"; with status 503 this means a database that is away."""


def judge(answer: Answer) -> Access:
    """Whether the one who asked was let in; NOT_CHECKED when the answer is about something else.

    Raises `Rejected` (key-missing, key-rejected). Its detail never quotes the answer: old proxies repeat in
    it the key that they do not know.
    """
    if 200 <= answer.status < 300:
        return Access.ACCEPTED if answer.sent_key else Access.OPEN
    if answer.status in _UNAUTHORISED or (answer.status == 400 and _error_type(answer) in _REJECTING):
        raise rejected(answer)
    return Access.NOT_CHECKED


def crashed_over_missing_key(answer: Answer) -> bool:
    """Whether this may be how a proxy asks for a key that lacks the package prisma, as most installations do.

    It is what it also answers to mistakes of its own.
    """
    return not answer.sent_key and answer.status == 500 and answer.body.strip() == b"Internal Server Error"


def rejected(answer: Answer) -> Rejected:
    """The error for an answer that asks for a key, or for another one."""
    code = ProblemCode.KEY_REJECTED if answer.sent_key else ProblemCode.KEY_MISSING
    detail = f"{answer.url}: HTTP {answer.status}"
    return Rejected(problem(code, detail, retry=False, address=answer.address, status=answer.status))


def _error_type(answer: Answer) -> str:
    try:
        error = reading.mapping(reading.mapping(answer.json()).get("error"))
    except ProtocolError:
        return ""
    return reading.text(error.get("type"), 40)
