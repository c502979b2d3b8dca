# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts and drivers may read: ``bpy.context.window_manager.movie_director_status``.

The properties are windows onto the snapshot that the bridge showed last: each is computed when it is read,
and nothing of it is stored in Blender's data. So it can never be saved with a file, never be part of an undo
step, and never mark a file as changed. Only the names of the services are stored: a collection needs items.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import bpy

from . import classes
from . import unregister as unregister_all

if TYPE_CHECKING:
    from ..core.snapshot import Snapshot

NAME = "movie_director_status"

STATES = (
    ("disabled", "Disabled", "Switched off"),
    ("disconnected", "Disconnected", "Not found since the start"),
    ("connecting", "Connecting", "Looked for, or connected for the first time"),
    ("connected", "Connected", "Can be used"),
    ("reconnecting", "Reconnecting", "Was connected and is lost"),
    ("suspended", "Suspended", "Lost or missing for long; tried now and then"),
    ("failed", "Failed", "Needs a decision of the user"),
)
COLOURS = (
    ("off", "Off", "Switched off"),
    ("green", "Green", "Ready"),
    ("yellow", "Yellow", "Connecting, busy or limited; or optional and not there"),
    ("red", "Red", "Required and not there"),
)
KEYS = (
    ("not-checked", "Not Checked", "The service is not connected, or has not said"),
    ("not-needed", "Not Needed", "The service wants no key"),
    ("accepted", "Accepted", "The key is valid"),
    ("missing", "Missing", "The service wants a key"),
    ("rejected", "Rejected", "The service does not accept the key"),
)

_LLM = "llm"

_shown: Snapshot | None = None
_open_details: set[str] = set()


def show(snapshot: Snapshot) -> None:
    """From now on the properties tell of this snapshot; main thread only."""
    global _shown
    before, _shown = _shown, snapshot
    if before is None or before.services.keys() != snapshot.services.keys():
        refill()


def shown() -> Snapshot | None:
    """The snapshot that the properties tell of; None before the first."""
    return _shown


def open_details() -> frozenset[str]:
    """Whose details are folded out: services, and ``llm`` for the language models."""
    return frozenset(_open_details)


def refill() -> None:
    """Give every window manager one item per service, in the order of the snapshot.

    Needed after a file was loaded, which may bring a window manager of its own.
    """
    names = [] if _shown is None else list(_shown.services)
    for manager in bpy.data.window_managers:
        items = getattr(manager, NAME).services
        if [item.name for item in items] != names:
            items.clear()
            for name in names:
                items.add().name = name


# Named functions, because Blender evaluates the annotations of a class in a place where a lambda that stands
# in one of them does not see the names of this module.


def _getter(
    reader: str, name: str, default: Any, choices: tuple[tuple[str, str, str], ...] = ()
) -> Callable[[Any], Any]:
    """Reads `name` by the function `reader` of status_values; `default` where that has nothing to say."""

    def get(group: Any) -> Any:
        if _shown is None:
            return default
        from . import status_values

        value = getattr(status_values, reader)(_shown, group, name)
        return _as_blender_wants(value, default, choices)

    return get


_service = partial(_getter, "of_service")
_llm = partial(_getter, "of_llm")
_all = partial(_getter, "of_all")


def _as_blender_wants(value: Any, default: Any, choices: tuple[tuple[str, str, str], ...]) -> Any:
    """Of a choice its place among the choices."""
    if value is None:
        return default
    return [choice[0] for choice in choices].index(value) if choices else value


def _details_of(item: Any) -> str:
    return item.name if isinstance(item, MOVIE_DIRECTOR_PG_service) else _LLM


def _get_details(item: Any) -> bool:
    return _details_of(item) in _open_details


def _set_details(item: Any, is_open: bool) -> None:
    (_open_details.add if is_open else _open_details.discard)(_details_of(item))


_COMMON: dict[str, Any] = {"options": {"HIDDEN", "SKIP_SAVE"}}


class MOVIE_DIRECTOR_PG_service(bpy.types.PropertyGroup):
    """One service; `name` is the one by which the program knows it, such as ``comfyui``."""

    name: bpy.props.StringProperty(
        name="Service", description="The short name, as in MOVIE_DIRECTOR_COMFYUI_URL", **_COMMON
    )
    label: bpy.props.StringProperty(
        name="Label", description="The name of the program", get=_service("label", ""), **_COMMON
    )
    status: bpy.props.EnumProperty(
        name="Status",
        description="Where the connection stands",
        items=STATES,
        get=_service("status", 0, STATES),
        **_COMMON,
    )
    state_word: bpy.props.StringProperty(
        name="State", description="The status in words", get=_service("state_word", ""), **_COMMON
    )
    colour: bpy.props.EnumProperty(
        name="Colour",
        description="The light of this service",
        items=COLOURS,
        get=_service("colour", 0, COLOURS),
        **_COMMON,
    )
    url: bpy.props.StringProperty(name="URL", description="Where it is", get=_service("url", ""), **_COMMON)
    version: bpy.props.StringProperty(
        name="Version", description="As the service told it", get=_service("version", ""), **_COMMON
    )
    latency: bpy.props.FloatProperty(
        name="Latency",
        description="Seconds that the last good answer took; 0 if there is none",
        get=_service("latency", 0.0),
        **_COMMON,
    )
    last_check: bpy.props.StringProperty(
        name="Last Check",
        description="How long ago it was last tried",
        get=_service("last_check", ""),
        **_COMMON,
    )
    error_code: bpy.props.StringProperty(
        name="Problem Code",
        description="The stable name of what is wrong; empty if nothing is",
        get=_service("error_code", ""),
        **_COMMON,
    )
    error_message: bpy.props.StringProperty(
        name="Problem", description="What is wrong", get=_service("error_message", ""), **_COMMON
    )
    advice: bpy.props.StringProperty(
        name="Advice", description="What to do about it", get=_service("advice", ""), **_COMMON
    )
    is_required: bpy.props.BoolProperty(
        name="Required",
        description="Whether the light turns red without it",
        get=_service("is_required", False),
        **_COMMON,
    )
    show_details: bpy.props.BoolProperty(
        name="Show Details",
        description="Fold the details of this service out or in",
        get=_get_details,
        set=_set_details,
        **_COMMON,
    )


class MOVIE_DIRECTOR_PG_llm(bpy.types.PropertyGroup):
    """Whether texts can be written, and by which model."""

    configured: bpy.props.BoolProperty(
        name="Configured",
        description="Whether a language model can be used now",
        get=_llm("configured", False),
        **_COMMON,
    )
    key: bpy.props.EnumProperty(
        name="Key", description="What is known of the key", items=KEYS, get=_llm("key", 0, KEYS), **_COMMON
    )
    active_model: bpy.props.StringProperty(
        name="Active Model",
        description="The model that is used; empty if there is none",
        get=_llm("active_model", ""),
        **_COMMON,
    )
    model_count: bpy.props.IntProperty(
        name="Model Count",
        description="How many models the service offers",
        get=_llm("model_count", 0),
        **_COMMON,
    )
    providers: bpy.props.StringProperty(
        name="Providers",
        description="Who runs the models, separated by commas",
        get=_llm("providers", ""),
        **_COMMON,
    )
    show_details: bpy.props.BoolProperty(
        name="Show Details",
        description="Fold the details of the language models out or in",
        get=_get_details,
        set=_set_details,
        **_COMMON,
    )


class MOVIE_DIRECTOR_PG_status(bpy.types.PropertyGroup):
    """The whole status."""

    take_down: ClassVar[Callable[[], None]]
    """How a newer import of this add-on, which finds this class registered, takes everything of it back."""

    services: bpy.props.CollectionProperty(type=MOVIE_DIRECTOR_PG_service, options={"HIDDEN", "SKIP_SAVE"})
    llm: bpy.props.PointerProperty(type=MOVIE_DIRECTOR_PG_llm, options={"HIDDEN", "SKIP_SAVE"})
    light: bpy.props.EnumProperty(
        name="Light",
        description="The worst colour of all services that are switched on",
        items=COLOURS,
        get=_all("light", 0, COLOURS),
        **_COMMON,
    )
    ready: bpy.props.IntProperty(
        name="Ready", description="How many services are ready", get=_all("ready", 0), **_COMMON
    )
    total: bpy.props.IntProperty(
        name="Total", description="How many services are switched on", get=_all("total", 0), **_COMMON
    )


_CLASSES: tuple[Any, ...] = (MOVIE_DIRECTOR_PG_service, MOVIE_DIRECTOR_PG_llm, MOVIE_DIRECTOR_PG_status)


def register() -> None:
    MOVIE_DIRECTOR_PG_status.take_down = staticmethod(unregister_all)
    classes.register(_CLASSES)
    setattr(
        bpy.types.WindowManager,
        NAME,
        bpy.props.PointerProperty(
            type=MOVIE_DIRECTOR_PG_status, name="Movie Director", options={"HIDDEN", "SKIP_SAVE"}
        ),
    )


def unregister() -> None:
    global _shown
    _shown = None
    _open_details.clear()
    if hasattr(bpy.types.WindowManager, NAME):
        for manager in bpy.data.window_managers:
            manager.property_unset(NAME)
        delattr(bpy.types.WindowManager, NAME)
    classes.unregister(_CLASSES)
    # Blender 4.2 never lets go of the class, and as a Python module crashes at its end if this is there.
    del MOVIE_DIRECTOR_PG_status.take_down
