# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a value against its setting: what comes back is right, what is not raises with what was expected."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from . import reading
from .errors import ConfigError, ProblemCode, ProtocolError, problem
from .keyring import split_credentials
from .redact import redact
from .schema import CUSTOM_KEYS, Kind, Setting, Value, nearest

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_LONGEST_PATH = 1024
LONGEST_NAME = 60
"""Characters of the name of a profile."""
LONGEST_OBJECT = 2000
"""Characters of ``custom_data``."""
_SHOWN = 80
"""Characters of a wrong value that are quoted."""


def check(setting: Setting, value: object, name: str = "", where: str = "") -> Value:
    """The value as it is kept, if this setting may have it.

    Raises `ConfigError` (``bad-setting``) with `name` (by which the writer knows the setting), the value
    (never a secret), what was expected, and `where` (the file, if there is one).
    """
    try:
        return _CHECKS[setting.kind](setting, value)
    except _Unfit as unfit:
        shown = unfit.shown if unfit.shown is not None else _quoted(value)
        raise bad_setting(name or setting.name, shown, str(unfit), where) from unfit


def from_text(setting: Setting, text: str, name: str = "", where: str = "") -> Value:
    """Like `check`, for a value that is written as text: in the environment, or in a field of text.

    Such a text may be a URL with name and password, which are left out here; `keyring.key_in` has them.
    """
    value: object = text.strip()
    if setting.kind is Kind.BOOLEAN:
        value = _boolean_in(text.strip())
        if value is None:
            expected = "expected 1, true, yes, on, 0, false, no or off"
            raise bad_setting(name or setting.name, _quoted(text), expected, where)
    elif setting.kind in (Kind.SECONDS, Kind.WHOLE):
        value = _number_in(text)
    elif setting.kind is Kind.URL:
        value = _without_password(text)
    return check(setting, value, name, where)


def expected(setting: Setting) -> str:
    """What the setting takes, as half a sentence; also for tables and templates."""
    if setting.kind is Kind.SECONDS:
        return f"a number of seconds from {setting.low:g} to {setting.high:g}"
    if setting.kind is Kind.WHOLE:
        return f"a whole number from {setting.low:g} to {setting.high:g}"
    return _EXPECTED[setting.kind]


def bad_setting(name: str, value: str, reason: str, where: str = "") -> ConfigError:
    """The error for a value that a setting cannot have; `value` is quoted and must be no secret."""
    place = f" in {where}" if where else ""
    return ConfigError(
        problem(
            ProblemCode.BAD_SETTING,
            f"{name}='{value}'{place}: {reason}",
            retry=False,
            name=name,
            value=value,
            reason=reason,
            where=where,
        )
    )


def no_object(name: str, value: object, where: str = "") -> ConfigError:
    """The error for what stands where settings should, such as ``"services": []``.

    A text is not quoted: it may be a key that was written in the wrong place.
    """
    shown = "(a text)" if isinstance(value, str) else _quoted(value)
    return bad_setting(name, shown, "expected an object in braces, { }", where)


class _Unfit(Exception):
    """The text is the reason; `shown` replaces the value where that may hold a secret."""

    def __init__(self, reason: str, shown: str | None = None) -> None:
        super().__init__(reason)
        self.shown = shown


def _boolean(setting: Setting, value: object) -> Value:
    if isinstance(value, bool):
        return value
    raise _unexpected(setting)


def _seconds(setting: Setting, value: object) -> Value:
    assert setting.low is not None
    assert setting.high is not None
    number = reading.number(value, setting.low, setting.high)
    if number is None:
        raise _unexpected(setting)
    return number


def _whole(setting: Setting, value: object) -> Value:
    assert setting.low is not None
    assert setting.high is not None
    number = reading.whole(value, int(setting.low), int(setting.high))
    if number is None:
        raise _unexpected(setting)
    return number


def _url(setting: Setting, value: object) -> Value:
    if not isinstance(value, str):
        raise _unexpected(setting)
    if not value.strip():
        return ""
    try:
        address, credentials = split_credentials(value)
    except ConfigError as error:
        reason, shown = (str(error.problem.parameter(each)) for each in ("reason", "value"))
        raise _Unfit(reason, shown) from error
    if credentials is not None:
        raise _Unfit("name and password do not belong here; enter this address in the preferences", address)
    return address


def _without_password(text: str) -> str:
    try:
        return split_credentials(text)[0] if text.strip() else ""
    except ConfigError:
        return text.strip()  # its fault is told by `check`


def _path(setting: Setting, value: object) -> Value:
    if not isinstance(value, str) or len(value) > _LONGEST_PATH or not _is_clean(value):
        raise _unexpected(setting)
    return value.strip()


def _text(setting: Setting, value: object) -> Value:
    if not isinstance(value, str) or len(value.strip()) > LONGEST_NAME or not _is_clean(value):
        raise _unexpected(setting)
    return value.strip()


def _secret(setting: Setting, value: object) -> Value:
    if isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value:
        return value
    reason = "a key has only letters, digits and signs of plain English, no space and no line break"
    raise _Unfit(reason, "(hidden)")


def _object(setting: Setting, value: object) -> Value:
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, Mapping):
        raise _unexpected(setting)
    known = {each.name: each for each in CUSTOM_KEYS}
    kept: dict[str, Value] = {}
    for name, part in value.items():
        if name not in known:
            raise _Unfit(f"'{_quoted(name)}' is not known; {_suggestion(str(name), list(known))}")
        try:
            kept[name] = _CHECKS[known[name].kind](known[name], part)
        except _Unfit as unfit:
            raise _Unfit(f"{name} is {_quoted(part)}, {unfit}") from unfit
    return json.dumps(kept, sort_keys=True)


def _parsed(text: str) -> object:
    if len(text) > LONGEST_OBJECT:
        raise _Unfit(f"it is longer than {LONGEST_OBJECT} characters")
    try:
        return reading.parse_json(text.strip() or "{}")
    except ProtocolError as error:
        raise _Unfit(f"expected {_EXPECTED[Kind.OBJECT]}") from error


def _suggestion(name: str, known: list[str]) -> str:
    meant = nearest(name, known)
    return f"did you mean {meant}?" if meant else f"known are {', '.join(known)}"


def _unexpected(setting: Setting) -> _Unfit:
    return _Unfit(f"expected {expected(setting)}")


def _is_clean(text: str) -> bool:
    return reading.name(text, max(len(text), 1)) == text


def _boolean_in(text: str) -> bool | None:
    if text.lower() in _TRUE:
        return True
    return False if text.lower() in _FALSE else None


def _number_in(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


def _quoted(value: object) -> str:
    """A wrong value for a message: short, on one line, as it was written but for what looks like a secret."""
    if isinstance(value, str):
        shown = value
    else:
        try:
            shown = json.dumps(value, default=str)
        except (ValueError, RecursionError):
            shown = type(value).__name__
    return reading.text(redact(shown[: _SHOWN * 8]), _SHOWN)


_CHECKS = {
    Kind.BOOLEAN: _boolean,
    Kind.SECONDS: _seconds,
    Kind.WHOLE: _whole,
    Kind.URL: _url,
    Kind.PATH: _path,
    Kind.TEXT: _text,
    Kind.OBJECT: _object,
    Kind.SECRET: _secret,
}
_EXPECTED = {
    Kind.BOOLEAN: "true or false",
    Kind.URL: "an address such as http://127.0.0.1:8188, or nothing",
    Kind.PATH: "the path of a file",
    Kind.TEXT: f"a name of up to {LONGEST_NAME} characters",
    Kind.OBJECT: f"a JSON object with nothing but {', '.join(each.name for each in CUSTOM_KEYS)}",
    Kind.SECRET: "a key",
}
