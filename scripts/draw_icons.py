#!/usr/bin/env python3
"""Draw the marks of the panel: addon/movie_director/ui/icons/*.png.

python3 scripts/draw_icons.py           write the pictures
python3 scripts/draw_icons.py --check   end with 1 if the pictures are not what would be drawn

Every mark has a shape of its own, so that nobody needs to see its colour. All have a dark rim, which holds
them on light themes, and bright colours, which hold them on dark ones.
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import itertools
import math
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

FOLDER = Path(__file__).resolve().parent.parent / "addon" / "movie_director" / "ui" / "icons"
SIZE = 64
"""Pixels of an edge; Blender shows 16 at a scale of 1, and shrinks what is larger."""
FINENESS = 4
"""Samples in a pixel, along each axis."""
RIM = 0.055

Colour: TypeAlias = tuple[int, int, int]
Shape: TypeAlias = Callable[[float, float], float]
"""The distance of a point from the edge of a shape, negative inside; the picture spans -1 to 1, y up."""

DARK: Colour = (24, 24, 24)
WHITE: Colour = (255, 255, 255)
GREEN: Colour = (46, 174, 82)
YELLOW: Colour = (250, 200, 40)
RED: Colour = (226, 61, 54)
ORANGE: Colour = (245, 130, 32)
GREY: Colour = (170, 170, 170)


class Layer(NamedTuple):
    """One shape in one colour; later layers lie above earlier ones."""

    shape: Shape
    colour: Colour


def disc(radius: float) -> Shape:
    return lambda x, y: math.hypot(x, y) - radius


def ring(radius: float, thickness: float) -> Shape:
    return lambda x, y: abs(math.hypot(x, y) - radius) - thickness / 2


def dashed_ring(radius: float, thickness: float, dashes: int) -> Shape:
    """A ring with as much gap as dash, and round ends."""

    def distance(x: float, y: float) -> float:
        step = math.tau / dashes
        angle = (math.atan2(y, x) + step / 2) % step - step / 2
        angle -= max(-step / 5, min(step / 5, angle))
        end_x, end_y = radius * math.cos(angle), radius * math.sin(angle)
        away = math.hypot(math.hypot(x, y) - end_x, end_y)
        return away - thickness / 2

    return distance


def stroke(thickness: float, *points: tuple[float, float]) -> Shape:
    """A line through the points, with round ends."""

    def distance(x: float, y: float) -> float:
        pairs = itertools.pairwise(points)
        return min(_to_segment(x, y, start, end) for start, end in pairs) - thickness / 2

    return distance


def _to_segment(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    length_x, length_y = end[0] - start[0], end[1] - start[1]
    along = (x - start[0]) * length_x + (y - start[1]) * length_y
    share = max(0.0, min(1.0, along / (length_x**2 + length_y**2)))
    return math.hypot(x - start[0] - share * length_x, y - start[1] - share * length_y)


def polygon(rounding: float, *corners: tuple[float, float]) -> Shape:
    """A convex polygon, its corners counter-clockwise, grown by `rounding`."""

    def distance(x: float, y: float) -> float:
        edges = list(zip(corners, (*corners[1:], corners[0]), strict=True))
        away = min(_to_segment(x, y, start, end) for start, end in edges)
        inside = all(
            (end[0] - start[0]) * (y - start[1]) >= (end[1] - start[1]) * (x - start[0])
            for start, end in edges
        )
        return (-away if inside else away) - rounding

    return distance


def either(*shapes: Shape) -> Shape:
    return lambda x, y: min(shape(x, y) for shape in shapes)


def rimmed(shape: Shape, colour: Colour) -> tuple[Layer, Layer]:
    return Layer(lambda x, y: shape(x, y) - RIM, DARK), Layer(shape, colour)


CHECK = stroke(0.2, (-0.38, 0.0), (-0.1, -0.3), (0.4, 0.32))
CROSS = either(stroke(0.42, (-0.6, -0.6), (0.6, 0.6)), stroke(0.42, (-0.6, 0.6), (0.6, -0.6)))
HANDS = stroke(0.19, (0.0, 0.42), (0.0, 0.0), (0.3, -0.2))
TRIANGLE = polygon(0.14, (-0.74, -0.66), (0.74, -0.66), (0.0, 0.68))
DIAMOND = polygon(0.12, (0.0, -0.78), (0.78, 0.0), (0.0, 0.78), (-0.78, 0.0))


def exclamation(middle: float) -> Shape:
    dot = stroke(0.2, (0.0, middle - 0.34), (0.0, middle - 0.33))
    return either(stroke(0.18, (0.0, middle + 0.34), (0.0, middle - 0.02)), dot)


ICONS: dict[str, tuple[Layer, ...]] = {
    "ready": (*rimmed(disc(0.86), GREEN), Layer(CHECK, WHITE)),
    "connecting": (*rimmed(ring(0.74, 0.2), YELLOW), *rimmed(HANDS, YELLOW)),
    "attention": (*rimmed(TRIANGLE, YELLOW), Layer(exclamation(-0.16), DARK)),
    "missing": rimmed(CROSS, RED),
    "needs-you": (*rimmed(DIAMOND, ORANGE), Layer(exclamation(0.0), DARK)),
    "off": rimmed(dashed_ring(0.72, 0.2, 6), GREY),
}


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    wrong = 0
    for name, layers in ICONS.items():
        path = FOLDER / f"{name}.png"
        rows = pixels(layers)
        if not options.check:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(png(rows))
        elif not path.exists() or rows_of(path.read_bytes()) != rows:
            print(f"{path.name} is not up to date: run python3 scripts/draw_icons.py")
            wrong = 1
    return wrong


def pixels(layers: tuple[Layer, ...]) -> bytes:
    """The rows of the picture from the top, each a filter byte 0 and four bytes for each pixel: RGBA."""
    rows = bytearray()
    for row in range(SIZE):
        rows.append(0)
        for column in range(SIZE):
            rows += _pixel(layers, column, row)
    return bytes(rows)


def _pixel(layers: tuple[Layer, ...], column: int, row: int) -> bytes:
    """The mean of the samples in it, with the colours of transparent ones left out."""
    samples = []
    for number in range(FINENESS**2):
        across, down = number % FINENESS + 0.5, number // FINENESS + 0.5
        x = (column + across / FINENESS) * 2 / SIZE - 1
        y = 1 - (row + down / FINENESS) * 2 / SIZE
        hit = [layer.colour for layer in layers if layer.shape(x, y) <= 0]
        samples += hit[-1:]
    if not samples:
        return bytes(4)
    mean = [round(sum(channel) / len(samples)) for channel in zip(*samples, strict=True)]
    return bytes([*mean, round(255 * len(samples) / FINENESS**2)])


def png(rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    body = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows_of(data: bytes) -> bytes:
    """The rows in a picture that `png` wrote; packed data may differ between versions of zlib, rows not."""
    start = data.index(b"IDAT") + 4
    length = struct.unpack(">I", data[start - 8 : start - 4])[0]
    return zlib.decompress(data[start : start + length])


if __name__ == "__main__":
    sys.exit(main())
