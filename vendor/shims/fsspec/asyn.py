"""The two names gradio_client takes from `fsspec.asyn`, to run coroutines in a thread with an event loop.

It does so only for functions decorated by an app in the same process. We have no event loop, so both refuse.
"""

from __future__ import annotations

from typing import Any, NoReturn


def get_loop() -> NoReturn:
    """Refuse: the original starts a thread with an event loop."""
    raise NotImplementedError("coroutines are not supported here")


def sync(loop: object, func: object, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse: the original runs `func` in the loop and waits for its result."""
    raise NotImplementedError("coroutines are not supported here")
