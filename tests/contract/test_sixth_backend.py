# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding a service is adding one module: it is found, watched and shown without any other change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends import backends

from tests.conftest import LONG_TIMEOUT
from tests.servers.plain import RawServer, read_head

ROOT = Path(__file__).resolve().parents[2]
SIXTH = ROOT / "tests" / "data" / "sixth_backend"
WITH_SIXTH = f"""
import sys
sys.path.insert(0, {str(ROOT / "addon")!r})
import movie_director.backends
movie_director.backends.__path__.append({str(SIXTH)!r})
from movie_director.cli.main import main
sys.exit(main())
"""


def answer_as_tally(sock: Any) -> None:
    while read_head(sock):
        body = b'{"program": "Tally", "version": "6.0"}'
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The terminal program with the sixth backend, all others switched off."""
    others = {f"MOVIE_DIRECTOR_{backend.name.upper()}_ENABLED": "no" for backend in backends()}
    environment = {**os.environ, **others, "MOVIE_DIRECTOR_TALLY_URL": url}
    return subprocess.run(
        [sys.executable, "-c", WITH_SIXTH, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )


def test_status_shows_it_connected() -> None:
    with RawServer(answer_as_tally) as server:
        done = run(server.url, "status", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["service"]: row for row in json.loads(done.stdout)["services"]}
    assert rows["tally"]["state"] == "connected"
    assert rows["tally"]["info"]["version"] == "6.0"
    assert rows["comfyui"]["state"] == "disabled"


def test_the_connection_test_knows_it() -> None:
    with RawServer(answer_as_tally) as server:
        done = run(server.url, "test", "tally")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tally 6.0" in done.stdout


@pytest.mark.parametrize("command", ["status", "test"])
def test_its_absence_is_told_with_its_own_name(command: str) -> None:
    done = run("http://127.0.0.1:1", command)
    assert "Tally" in done.stdout
    assert "Start Tally." in done.stdout
