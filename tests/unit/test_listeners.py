# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of listening ports as Linux, macOS and Windows write them, and which ports may be looked at."""

from __future__ import annotations

import ipaddress

import pytest
from movie_director.core.listeners import (
    LOWEST_PORT,
    MOST_PORTS,
    linux_listeners,
    netstat_listeners,
    worth_a_look,
)

LINUX = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt
   0: 0100007F:1FFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 20841
   1: 00000000:1EB4 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 20842
   2: 0100007F:1FFC 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 20843
   3: 0501A8C0:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 20844
"""
LINUX_6 = """\
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000001000000:0FA0 00000000000000000000000000000000:0000 0A 00000000
   1: 00000000000000000000000000000000:1EB9 00000000000000000000000000000000:0000 0A 00000000
   2: 0000000000000000FFFF00000100007F:22B8 00000000000000000000000000000000:0000 0A 00000000
"""
MACOS = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  127.0.0.1.8188         *.*                    LISTEN
tcp46      0      0  *.7860                 *.*                    LISTEN
tcp6       0      0  ::1.4000               *.*                    LISTEN
tcp4       0      0  *.49152                *.*                    LISTEN
tcp6       0      0  fe80::1%lo0.9000       *.*                    LISTEN
tcp4       0      0  192.168.1.5.52000      203.0.113.4.443        ESTABLISHED
"""
WINDOWS = """\

Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN
  TCP    127.0.0.1:8188         0.0.0.0:0              ABHÖREN
  TCP    [::]:7860              [::]:0                 ABHÖREN
  TCP    [::1]:4000             [::]:0                 ABHÖREN
  TCP    192.168.1.5:8000       0.0.0.0:0              ABHÖREN
  TCP    127.0.0.1:52000        127.0.0.1:8188         HERGESTELLT
"""


def test_linux_tells_only_what_listens() -> None:
    assert list(linux_listeners(LINUX)) == [
        ("127.0.0.1", 8188),
        ("0.0.0.0", 7860),
        ("192.168.1.5", 8000),
    ]
    found = [(ipaddress.ip_address(host), port) for host, port in linux_listeners(LINUX_6)]
    written = [("::1", 4000), ("::", 7865), ("::ffff:127.0.0.1", 8888)]
    assert found == [(ipaddress.ip_address(host), port) for host, port in written]


def test_macos_separates_the_port_with_a_dot() -> None:
    assert list(netstat_listeners(MACOS)) == [
        ("127.0.0.1", 8188),
        ("::", 7860),
        ("::1", 4000),
        ("0.0.0.0", 49152),
        ("fe80::1", 9000),
    ]


def test_windows_is_read_in_any_language() -> None:
    assert list(netstat_listeners(WINDOWS)) == [
        ("0.0.0.0", 135),
        ("127.0.0.1", 8188),
        ("::", 7860),
        ("::1", 4000),
        ("192.168.1.5", 8000),
    ]


def test_an_address_for_everybody_is_looked_at_on_loopback() -> None:
    assert worth_a_look([("0.0.0.0", 7860)]) == (("127.0.0.1", 7860),)
    assert worth_a_look([("::", 7860)]) == (("127.0.0.1", 7860), ("::1", 7860))
    assert worth_a_look([("::ffff:127.0.0.1", 8888)]) == (("127.0.0.1", 8888),)
    assert worth_a_look([("127.0.0.5", 8888), ("127.0.0.5", 8888)]) == (("127.0.0.5", 8888),)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", LOWEST_PORT - 1),
        ("127.0.0.1", 6379),
        ("0.0.0.0", 5432),
        ("192.168.1.5", 8188),
        ("fe80::1", 8188),
    ],
)
def test_system_services_databases_and_other_networks_are_left_alone(host: str, port: int) -> None:
    assert worth_a_look([(host, port)]) == ()


def test_there_is_an_end_to_it() -> None:
    many = [("127.0.0.1", port) for port in range(20000, 20000 + 2 * MOST_PORTS)]
    assert worth_a_look(reversed(many)) == tuple(many[:MOST_PORTS])


@pytest.mark.parametrize(
    "table", ["", "garbage\n\n \t", "   0: 0100007F:1FFC", "tcp4 0 0 nonsense *.*", "a.1 *.*"]
)
def test_nonsense_is_nothing(table: str) -> None:
    assert list(linux_listeners(table)) == []
    assert list(netstat_listeners(table)) == []
