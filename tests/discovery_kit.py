# SPDX-License-Identifier: GPL-3.0-or-later
"""Short ways to look around, for tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from movie_director.backends.base import Backend
from movie_director.backends.comfyui import BACKEND as COMFYUI
from movie_director.core.endpoint import Endpoint
from movie_director.core.settings import ServiceSettings, Settings
from movie_director.core.snapshot import DiscoveryReport


def at(*ports: int) -> list[Endpoint]:
    return [Endpoint("http", "127.0.0.1", port) for port in ports]


def comfyui_at(*ports: int) -> Backend:
    return dataclasses.replace(COMFYUI, default_ports=ports)


def settings_with(url: str) -> Settings:
    return Settings().with_service("comfyui", ServiceSettings(url=url))


def last(reports: Iterator[DiscoveryReport]) -> DiscoveryReport:
    *_, final = reports
    assert final.finished
    return final
