"""What something came to that ran in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.conftest import LONG_TIMEOUT


class Outcome(threading.Thread):
    """Runs something in a thread and keeps what it raised."""

    def __init__(self, run: Callable[[], object]) -> None:
        super().__init__(name="outcome", daemon=True)
        self.error: BaseException | None = None
        self._run = run
        self.start()

    def run(self) -> None:
        try:
            self._run()
        except BaseException as error:
            self.error = error

    def wait(self) -> BaseException | None:
        self.join(LONG_TIMEOUT)
        assert not self.is_alive()
        return self.error
