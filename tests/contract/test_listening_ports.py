# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of this computer on which somebody listens, as the system tells them."""

from __future__ import annotations

import sys

import pytest
from movie_director.core.listeners import SPOKEN_TO_BY_OTHERS
from movie_director.transport.listening_ports import listening_on_loopback

from tests.ports import FreePort
from tests.servers.plain import RawServer, hold


def test_a_server_is_among_them_and_is_not_knocked_at(free_port: FreePort) -> None:
    closed = free_port()
    with (
        RawServer(hold) as four,
        RawServer(hold, host="::1") as six,
        RawServer(hold, host="0.0.0.0") as any_host,
    ):
        found = listening_on_loopback()
        if not found and sys.platform != "linux":
            pytest.skip("netstat is not there")
        for server, host in ((four, "127.0.0.1"), (six, "::1"), (any_host, "127.0.0.1")):
            assert (host, server.port) in found
            assert server.accepted == 0
    assert closed not in {port for _, port in found}
    assert not {port for _, port in found} & SPOKEN_TO_BY_OTHERS


def test_without_the_program_that_knows_there_are_none_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", "")
    assert listening_on_loopback("darwin") == ()
    assert "which ports are listened on is not known" in caplog.text
