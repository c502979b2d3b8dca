"""Packets of multicast DNS: any bytes are either understood or refused, quickly, and nothing grows."""

from __future__ import annotations

import struct

from hypothesis import example, given
from hypothesis import strategies as st
from movie_director.core.dns_message import PTR, SRV, Directory, MalformedPacket, question, records

from tests.servers.mdns_responder import http_answer

HTTP = "_http._tcp.local."
ANSWER_TO_NOBODY = struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0)
LOOP = ANSWER_TO_NOBODY + b"\xc0\x0c" + struct.pack("!HHIH", PTR, 1, 0, 2) + b"\xc0\x0c"
FORWARDS = ANSWER_TO_NOBODY + b"\xc0\x0e\x00" + struct.pack("!HHIH", PTR, 1, 0, 0)

packets = st.one_of(
    st.binary(max_size=400),
    st.binary(max_size=400).map(lambda rest: ANSWER_TO_NOBODY + rest),
    st.tuples(st.text(max_size=63).filter(lambda text: len(text.encode()) < 64), st.integers(1, 65535)).map(
        lambda each: http_answer(*each)
    ),
)


@given(packets, st.integers(0, 400), st.integers(0, 255))
@example(LOOP, 400, 0)
@example(FORWARDS, 400, 0)
@example(ANSWER_TO_NOBODY + b"\x40" + b"x" * 64, 400, 0)
def test_any_bytes_are_understood_or_refused(packet: bytes, cut: int, changed: int) -> None:
    broken = bytearray(packet[:cut])
    if broken:
        broken[changed % len(broken)] ^= 0xFF
    for each in (packet, packet[:cut], bytes(broken)):
        try:
            found = records(each)
        except MalformedPacket:
            continue
        assert all(len(record.name) <= 300 for record in found)


@given(st.lists(packets, max_size=30))
def test_whatever_is_heard_the_next_question_fits_into_one_packet(heard: list[bytes]) -> None:
    directory = Directory([HTTP])
    for number, packet in enumerate(heard):
        directory.hear(packet, f"192.168.1.{number}")
    asked = directory.questions()
    assert asked[0] == (HTTP, PTR)
    assert len(question(asked)) <= 9000
    assert all(1 <= each.port <= 65535 for each in directory.advertisements())


@given(st.integers(1, 65535), st.text("abcdefgh -_é", min_size=1, max_size=20))
def test_an_advertisement_is_read_as_it_was_written(port: int, name: str) -> None:
    directory = Directory([HTTP.upper()])
    directory.hear(http_answer(name, port, "/studio"), "192.168.1.20")
    (found,) = directory.advertisements()
    assert (found.address, found.port, found.path) == ("192.168.1.20", port, "/studio")
    assert found.name == f"{name}.{HTTP}"


def test_a_missing_port_is_asked_for() -> None:
    directory = Directory([HTTP])
    directory.hear(http_answer("Render", 8188, with_port=False), "192.168.1.20")
    assert directory.advertisements() == ()
    assert directory.questions() == [(HTTP, PTR), (f"Render.{HTTP}", SRV)]


def test_nobody_speaks_for_another_computer() -> None:
    directory = Directory([HTTP])
    directory.hear(http_answer("Render", 8188, with_port=False), "192.168.1.20")
    directory.hear(http_answer("Render", 9999), "192.168.1.66")
    assert [(each.address, each.port) for each in directory.advertisements()] == [("192.168.1.66", 9999)]


def test_there_is_an_end_to_what_one_network_may_advertise() -> None:
    directory = Directory([HTTP])
    for number in range(1000):
        directory.hear(http_answer(f"printer {number}", 80), "192.168.1.20")
    assert len(directory.advertisements()) == 64
    many = struct.pack("!6H", 0, 0x8400, 0, 5000, 0, 0)
    directory.hear(many, "192.168.1.20")
    assert len(directory.advertisements()) == 64


def test_questions_of_others_are_no_answers() -> None:
    assert records(question([(HTTP, PTR)])) == []
