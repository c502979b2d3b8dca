"""Small real images without an imaging library."""

from __future__ import annotations

import struct
import zlib

from .generation import DATA

PREVIEW_JPEG = (DATA / "preview.jpg").read_bytes()
"""A valid 8 x 8 baseline JPEG, sent as every preview."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png(width: int, height: int, color: int, prompt: str) -> bytes:
    """A PNG of one `color` (0xRRGGBB) which carries its workflow as text, as ComfyUI's files do."""
    row = b"\x00" + color.to_bytes(3, "big") * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        _chunk(b"IHDR", header),
        _chunk(b"tEXt", b"prompt\x00" + prompt.encode("latin-1", "replace")),
        _chunk(b"IDAT", zlib.compress(row * height)),
        _chunk(b"IEND", b""),
    ]
    return _SIGNATURE + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
