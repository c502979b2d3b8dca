"""A computer that answers questions of multicast DNS; its packets are made with no code of the product."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
from collections.abc import Callable
from types import TracebackType

GROUP = ("224.0.0.251", 5353)
_LABEL_HTTP = b"\x05_http\x04_tcp\x05local\x00"
_READ_LIMIT = 9000


def http_answer(instance: str, port: int, path: str = "", *, with_port: bool = True) -> bytes:
    """An answer that advertises one web server, with compressed names as Avahi writes them."""
    label = instance.encode("utf-8")
    # 12: the header's size, where the name of the service stands; every other name points at it.
    service = b"\xc0\x0c"
    name = bytes([len(label)]) + label + service
    first = _LABEL_HTTP + struct.pack("!HHIH", 12, 1, 120, len(name)) + name
    parts = [first]
    at = struct.pack("!H", 0xC000 | (12 + len(first) - len(name)))
    if with_port:
        target = b"\x04host\x05local\x00"
        data = struct.pack("!HHH", 0, 0, port) + target
        parts.append(at + struct.pack("!HHIH", 33, 0x8001, 120, len(data)) + data)
        text = f"path={path}".encode() if path else b""
        data = bytes([len(text)]) + text
        parts.append(at + struct.pack("!HHIH", 16, 0x8001, 120, len(data)) + data)
    return struct.pack("!6H", 0, 0x8400, 0, 1, 0, len(parts) - 1) + b"".join(parts)


class MdnsResponder:
    """Answers every packet with what `answer(number, packet)` makes of it; a context manager.

    On a plain port of loopback, or `on_loopback_multicast` as a member of the real group on the loopback
    interface alone (Linux).
    """

    def __init__(
        self, answer: Callable[[int, bytes], list[bytes]], *, on_loopback_multicast: bool = False
    ) -> None:
        self.heard: list[bytes] = []
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if on_loopback_multicast:
            self._join()
        else:
            self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="mdns-responder", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def __enter__(self) -> MdnsResponder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _, port = self.address
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", ("127.0.0.1", port))
        self._thread.join()
        self._socket.close()

    def _join(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("", GROUP[1]))
        member = struct.pack("=4s4si", socket.inet_aton(GROUP[0]), b"", socket.if_nametoindex("lo"))
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)

    def _serve(self) -> None:
        while True:
            packet, sender = self._socket.recvfrom(_READ_LIMIT)
            if not packet:
                return
            self.heard.append(packet)
            for answer in self._answer(len(self.heard), packet):
                with contextlib.suppress(OSError):
                    self._socket.sendto(answer, sender)


def _main() -> None:
    """Advertise port 8188 on the loopback interface until the end of standard input."""
    with MdnsResponder(lambda *_: [http_answer("Render", 8188)], on_loopback_multicast=True):
        print("ready udp://127.0.0.1:5353", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main()
