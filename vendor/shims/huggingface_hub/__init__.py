"""Stands in for huggingface_hub: the names gradio_client uses, without network, tokens or telemetry.

gradio_client needs the real one only for Hugging Face Spaces. Asking for anything of a Space raises
SpacesNotSupported; servers given by their URL never come here.
"""

from __future__ import annotations

import enum
from typing import Any, NoReturn

from . import utils

__all__ = [
    "SpaceHardware",
    "SpaceStage",
    "SpacesNotSupported",
    "add_space_secret",
    "duplicate_repo",
    "get_full_repo_name",
    "get_space_runtime",
    "request_space_hardware",
    "space_info",
    "utils",
]


class SpacesNotSupported(Exception):
    """Something was asked of a Hugging Face Space; give the URL of a server instead."""

    def __init__(self) -> None:
        super().__init__("Hugging Face Spaces are not supported; give the URL of a server, with http://")


class SpaceStage(str, enum.Enum):
    """The states of a Space that gradio_client compares with; a server given by URL is always RUNNING."""

    NO_APP_FILE = "NO_APP_FILE"
    CONFIG_ERROR = "CONFIG_ERROR"
    BUILDING = "BUILDING"
    BUILD_ERROR = "BUILD_ERROR"
    RUNNING = "RUNNING"
    RUNTIME_ERROR = "RUNTIME_ERROR"
    PAUSED = "PAUSED"


class SpaceHardware(str, enum.Enum):
    """The hardware of a Space; gradio_client names one."""

    CPU_BASIC = "cpu-basic"


def space_info(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported


def get_space_runtime(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported


def get_full_repo_name(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported


def duplicate_repo(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported


def add_space_secret(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported


def request_space_hardware(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise SpacesNotSupported."""
    raise SpacesNotSupported
