# SPDX-License-Identifier: GPL-3.0-or-later
"""Go wrong in the way that the option "how" names."""

from __future__ import annotations

import os
from collections.abc import Iterator

from inside.session import Session


def scenario(session: Session) -> Iterator[object]:
    yield
    how = session.options["how"]
    if how == "assert":
        raise AssertionError("this is not so")
    if how == "wait":
        yield session.until(lambda: False, 0.1, "what never comes")
    if how == "vanish":
        os._exit(7)
    if how == "hang":
        while True:
            pass
