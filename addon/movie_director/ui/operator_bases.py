# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators share that do something with services. None waits, and none changes data of the .blend.

An operator for one service asks for which, when it is called from a menu without one; called so from a
script, it means all services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..core.errors import ConfigError
from ..core.messages import explain, message, text
from . import choosing, engine

if TYPE_CHECKING:
    from ..core.snapshot import ServiceStatus
    from ..runtime.application import Application


class OnServices:
    """What operators share that need the engine."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if engine.application() is None:
            cls.poll_message_set(word("unavailable.not-running"))  # type: ignore[attr-defined]
            return False
        return True

    def failed(self, error: ConfigError) -> set[str]:
        told = explain(error.problem)
        self.report({"ERROR"}, f"{told.title} {told.advice}")  # type: ignore[attr-defined]
        return {"CANCELLED"}


class OnOneService(OnServices):
    """Asks for the service in a menu where none is given."""

    service: bpy.props.StringProperty(
        name="Service", description="Its short name, such as comfyui", options={"SKIP_SAVE"}
    )
    button = ""
    """The name of its button in the texts."""
    nothing = "unavailable.not-running"
    """The text where there is no service to choose."""

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        return described(cls.button, properties.service)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.service or bpy.app.background:
            return self.execute(context)  # type: ignore[attr-defined, no-any-return]
        return self.ask(context)

    def ask(self, context: bpy.types.Context) -> set[str]:
        """A menu with one entry for each service that this can be done with."""
        entries = [(each.label, {"service": each.service}) for each in statuses() if self.is_for(each)]
        operator = self.bl_idname  # type: ignore[attr-defined]
        return choosing.choose(context, operator, word("button.choose"), entries, word(self.nothing))

    @classmethod
    def is_for(cls, status: ServiceStatus) -> bool:
        return True


def running() -> Application:
    """The running one; `poll` has seen it."""
    application = engine.application()
    assert application is not None
    return application


def word(name: str) -> str:
    """A text of the panel; `card_parts.word`, without the import of all that cards are made of."""
    return text(message(f"panel-{name}"))


def statuses() -> tuple[ServiceStatus, ...]:
    snapshot = engine.snapshot()
    return () if snapshot is None else tuple(snapshot.services.values())


def status_of(service: str) -> ServiceStatus | None:
    return next((each for each in statuses() if each.service == service), None)


def is_on(service: str) -> bool:
    """Whether the settings say that this service is used; also before there are settings."""
    application = engine.application()
    return application is None or application.settings.newest.settings.of(service).enabled


def described(name: str, service: str, **known: str) -> str:
    """What a button does, for this service or in general; Blender adds the full stop itself."""
    status = status_of(service)
    if status is not None:
        known["program"] = status.label
    return text(message(f"panel-button-tip.{name}", **known)).rstrip(".")
