"""mypy sees the real types behind `transport/vendored.py`, and no more names than there are."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import vendor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("mypy") is None, reason="needs mypy: python3 scripts/check.py"
    ),
]

SOURCE = """
from __future__ import annotations

from movie_director.transport import vendored


class Adapter(vendored.requests.adapters.HTTPAdapter):
    pass


def use(session: vendored.requests.Session, socket: vendored.websocket.WebSocket) -> None:
    reveal_type(session.get("http://127.0.0.1").status_code)
    reveal_type(socket.recv())
    reveal_type(vendored.urllib3.PoolManager().connection_from_url("http://127.0.0.1"))
    reveal_type(vendored.pybreaker.CircuitBreaker().fail_counter)
    reveal_type(vendored.gradio_client.Client("http://127.0.0.1").src)
    try:
        session.close()
    except vendored.requests.exceptions.ConnectionError as error:
        reveal_type(error)


use(1, 2)
vendored.numpy
"""


def test_mypy_sees_the_real_types(tmp_path: Path) -> None:
    source = tmp_path / "uses_vendored.py"
    source.write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "setup.cfg", "--no-error-summary"]
    done = subprocess.run(
        [*command, "--cache-dir", tmp_path / "cache", "--no-pretty", source],
        cwd=vendor.ROOT,
        capture_output=True,
        text=True,
        timeout=55,
        check=False,
    )
    said = [line.partition(" ")[2] for line in done.stdout.splitlines()]
    assert said == [
        'note: Revealed type is "int"',
        'note: Revealed type is "str | bytes"',
        'note: Revealed type is "urllib3.connectionpool.HTTPConnectionPool"',
        'note: Revealed type is "int"',
        'note: Revealed type is "str"',
        'note: Revealed type is "requests.exceptions.ConnectionError"',
        'error: Argument 1 to "use" has incompatible type "int"; expected "Session"  [arg-type]',
        'error: Argument 2 to "use" has incompatible type "int"; expected "WebSocket"  [arg-type]',
        'error: Module has no attribute "numpy"  [attr-defined]',
    ], done.stdout + done.stderr
