# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes known secrets out of values that a server had a hand in, before anybody sees or keeps them.

A server that was shown a key may send it back: as the name of a model, in the text of an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from .endpoint import Endpoint
from .redact import KnownSecrets

_T = TypeVar("_T")

_MOST_KEPT = 64


class Veil:
    """Covers frozen values; one without a secret comes back as it is, and large ones are looked at once.

    Not for names of our own, such as that of a service: a password may be any word.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._hide = KnownSecrets(secrets)
        self._covered: dict[int, tuple[Any, Any]] = {}

    def over(self, value: _T) -> _T:
        """The same value, with every secret in its texts replaced; looks into dataclasses and tuples."""
        if not self._hide:
            return value
        known = self._covered.get(id(value))
        if known is not None and known[0] is value:
            covered: _T = known[1]
            return covered
        result: _T = self._over(value)
        if is_dataclass(value):
            if len(self._covered) >= _MOST_KEPT:
                self._covered.clear()
            self._covered[id(value)] = (value, result)
        return result

    def _over(self, value: Any) -> Any:
        if isinstance(value, str):
            return value if isinstance(value, Enum) else self._hide(value)
        if isinstance(value, tuple):
            return tuple(self._over(each) for each in value)
        if isinstance(value, Endpoint) or not is_dataclass(value) or isinstance(value, type):
            return value
        inner = {each.name: getattr(value, each.name) for each in fields(value)}
        changed = {name: new for name, old in inner.items() if (new := self._over(old)) != old}
        return replace(value, **changed) if changed else value
