"""A server that speaks ComfyUI's protocol, faithful to recordings of two releases."""

from .faults import BAD_ANSWERS, MALFORMED_FRAMES, Faults
from .generation import VERSIONS
from .server import ComfyServer

__all__ = ["BAD_ANSWERS", "MALFORMED_FRAMES", "VERSIONS", "ComfyServer", "Faults"]
