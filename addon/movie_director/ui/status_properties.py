# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts and drivers may read: ``bpy.context.window_manager.movie_director_status``.

The properties are windows onto the snapshot that the bridge showed last: each is computed when it is read,
and nothing of it is stored in Blender's data. So it can never be saved with a file, never be part of an undo
step, and never mark a file as changed. Only the names of the services are stored: a collection needs items.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import bpy

from ..core.llm import KeyState, LlmStatus, llm_status
from ..core.messages import Explanation
from ..core.model import State
from ..core.presentation import Colour, Overview, Row, colour, explained, overview, row
from ..core.snapshot import ServiceStatus, Snapshot
from ..core.units import duration
from . import unregister as unregister_all

NAME = "movie_director_status"

_STATES = tuple(State)
_COLOURS = tuple(Colour)
_KEYS = tuple(KeyState)
_LLM = "llm"

_shown = Snapshot()
_open_details: set[str] = set()


def show(snapshot: Snapshot) -> None:
    """From now on the properties tell of this snapshot; main thread only."""
    global _shown
    same_services = _shown.services.keys() == snapshot.services.keys()
    _shown = snapshot
    if not same_services:
        refill()


def shown() -> Snapshot:
    """The snapshot that the properties tell of; an empty one before the first."""
    return _shown


def details_are_open() -> bool:
    """Whether the details of any service are folded out."""
    return bool(_open_details)


def refill() -> None:
    """Give every window manager one item per service, in the order of the snapshot.

    Needed after a file was loaded, which may bring a window manager of its own.
    """
    names = list(_shown.services)
    for manager in bpy.data.window_managers:
        items = getattr(manager, NAME).services
        if [item.name for item in items] != names:
            items.clear()
            for name in names:
                items.add().name = name


def _items(members: tuple[Any, ...], texts: dict[Any, str]) -> list[tuple[str, str, str]]:
    """Of an EnumProperty, whose numbers are the places in `members`."""
    return [(member.value, member.value.replace("-", " ").capitalize(), texts[member]) for member in members]


_STATE_TEXTS = {
    State.DISABLED: "Switched off",
    State.DISCONNECTED: "Not found since the start",
    State.CONNECTING: "Being looked for or connected for the first time",
    State.CONNECTED: "Can be used",
    State.RECONNECTING: "Was connected and is lost",
    State.SUSPENDED: "Lost or missing for long; tried now and then",
    State.FAILED: "Needs a decision of the user",
}
_COLOUR_TEXTS = {
    Colour.GREEN: "Ready",
    Colour.YELLOW: "Connecting, busy or limited; or optional and not there",
    Colour.RED: "Required and not there",
    Colour.OFF: "Switched off",
}
_KEY_TEXTS = {
    KeyState.NOT_NEEDED: "The service wants no key",
    KeyState.ACCEPTED: "The key is valid",
    KeyState.MISSING: "The service wants a key",
    KeyState.REJECTED: "The service does not accept the key",
    KeyState.NOT_CHECKED: "The service is not connected, or has not said",
}


# Named functions, because Blender evaluates the annotations of a class in a place where a lambda that stands
# in one of them does not see the names of this module.


def _of_service(read: Callable[[ServiceStatus], Any], default: Any) -> Callable[[Any], Any]:
    """A getter of an item of the collection; an item that outlived its service has the default."""

    def get(item: Any) -> Any:
        status = _shown.services.get(item.name)
        return default if status is None else read(status)

    return get


def _of_row(read: Callable[[Row], str]) -> Callable[[Any], Any]:
    return _of_service(lambda status: read(row(status, time.monotonic())), "")


def _of_problem(read: Callable[[Explanation], str]) -> Callable[[Any], Any]:
    def words(status: ServiceStatus) -> str:
        told = explained(status)
        return "" if told is None else read(told)

    return _of_service(words, "")


def _of_llm(read: Callable[[LlmStatus], Any], default: Any) -> Callable[[Any], Any]:
    def get(group: Any) -> Any:
        llm = llm_status(_shown)
        return default if llm is None else read(llm)

    return get


def _of_overview(read: Callable[[Overview], Any]) -> Callable[[Any], Any]:
    return lambda group: read(overview(_shown))


def _ago(moment: float | None) -> str:
    return "" if moment is None else f"{duration(max(0.0, time.monotonic() - moment))} ago"


def _details_of(item: Any) -> str:
    return item.name if isinstance(item, MOVIE_DIRECTOR_PG_service) else _LLM


def _get_details(item: Any) -> bool:
    return _details_of(item) in _open_details


def _set_details(item: Any, is_open: bool) -> None:
    (_open_details.add if is_open else _open_details.discard)(_details_of(item))


_label = _of_service(lambda status: status.label, "")
_status = _of_service(lambda status: _STATES.index(status.state), _STATES.index(State.DISCONNECTED))
_state_word = _of_row(lambda texts: texts.state)
_colour = _of_service(lambda status: _COLOURS.index(colour(status)), _COLOURS.index(Colour.OFF))
_url = _of_row(lambda texts: texts.address)
_version = _of_row(lambda texts: texts.version)
_latency = _of_service(lambda status: status.latency or 0.0, 0.0)
_last_check = _of_service(lambda status: _ago(status.last_attempt_at), "")
_error_code = _of_service(lambda status: "" if status.problem is None else status.problem.code.value, "")
_error_message = _of_problem(lambda told: told.title)
_advice = _of_problem(lambda told: told.advice)
_is_required = _of_service(lambda status: status.required, False)
_configured = _of_llm(lambda llm: llm.configured, False)
_key = _of_llm(lambda llm: _KEYS.index(llm.key), _KEYS.index(KeyState.NOT_CHECKED))
_active_model = _of_llm(lambda llm: llm.active_model, "")
_model_count = _of_llm(lambda llm: len(llm.models), 0)
_providers = _of_llm(lambda llm: ", ".join(llm.providers), "")
_light = _of_overview(lambda all: _COLOURS.index(all.colour))
_ready = _of_overview(lambda all: all.ready)
_total = _of_overview(lambda all: all.total)

_COMMON: dict[str, Any] = {"options": {"HIDDEN", "SKIP_SAVE"}}


class MOVIE_DIRECTOR_PG_service(bpy.types.PropertyGroup):
    """One service; `name` is the one by which the program knows it, such as ``comfyui``."""

    name: bpy.props.StringProperty(
        name="Service", description="The short name, as in MOVIE_DIRECTOR_COMFYUI_URL", **_COMMON
    )
    label: bpy.props.StringProperty(
        name="Label", description="The name of the program", get=_label, **_COMMON
    )
    status: bpy.props.EnumProperty(
        name="Status",
        description="Where the connection stands",
        items=_items(_STATES, _STATE_TEXTS),
        get=_status,
        **_COMMON,
    )
    state_word: bpy.props.StringProperty(
        name="State", description="The status in words", get=_state_word, **_COMMON
    )
    colour: bpy.props.EnumProperty(
        name="Colour",
        description="The light of this service",
        items=_items(_COLOURS, _COLOUR_TEXTS),
        get=_colour,
        **_COMMON,
    )
    url: bpy.props.StringProperty(name="URL", description="Where it is", get=_url, **_COMMON)
    version: bpy.props.StringProperty(
        name="Version", description="As the service told it", get=_version, **_COMMON
    )
    latency: bpy.props.FloatProperty(
        name="Latency",
        description="Seconds that the last good answer took; 0 if there is none",
        get=_latency,
        **_COMMON,
    )
    last_check: bpy.props.StringProperty(
        name="Last Check",
        description="How long ago it was last tried",
        get=_last_check,
        **_COMMON,
    )
    error_code: bpy.props.StringProperty(
        name="Problem Code",
        description="The stable name of what is wrong; empty if nothing is",
        get=_error_code,
        **_COMMON,
    )
    error_message: bpy.props.StringProperty(
        name="Problem", description="What is wrong", get=_error_message, **_COMMON
    )
    advice: bpy.props.StringProperty(name="Advice", description="What to do about it", get=_advice, **_COMMON)
    is_required: bpy.props.BoolProperty(
        name="Required",
        description="Whether the light turns red without it",
        get=_is_required,
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
        get=_configured,
        **_COMMON,
    )
    key: bpy.props.EnumProperty(
        name="Key",
        description="What is known of the key",
        items=_items(_KEYS, _KEY_TEXTS),
        get=_key,
        **_COMMON,
    )
    active_model: bpy.props.StringProperty(
        name="Active Model",
        description="The model that is used; empty if there is none",
        get=_active_model,
        **_COMMON,
    )
    model_count: bpy.props.IntProperty(
        name="Model Count",
        description="How many models the service offers",
        get=_model_count,
        **_COMMON,
    )
    providers: bpy.props.StringProperty(
        name="Providers",
        description="Who runs the models, separated by commas",
        get=_providers,
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

    take_down = staticmethod(unregister_all)
    """How a newer import of this add-on, which finds this class registered, takes everything of it back."""

    services: bpy.props.CollectionProperty(type=MOVIE_DIRECTOR_PG_service, options={"HIDDEN", "SKIP_SAVE"})
    llm: bpy.props.PointerProperty(type=MOVIE_DIRECTOR_PG_llm, options={"HIDDEN", "SKIP_SAVE"})
    light: bpy.props.EnumProperty(
        name="Light",
        description="The worst colour of all services that are switched on",
        items=_items(_COLOURS, _COLOUR_TEXTS),
        get=_light,
        **_COMMON,
    )
    ready: bpy.props.IntProperty(
        name="Ready",
        description="How many services are ready",
        get=_ready,
        **_COMMON,
    )
    total: bpy.props.IntProperty(
        name="Total",
        description="How many services are switched on",
        get=_total,
        **_COMMON,
    )


_CLASSES = (MOVIE_DIRECTOR_PG_service, MOVIE_DIRECTOR_PG_llm, MOVIE_DIRECTOR_PG_status)


def register() -> None:
    for each in _CLASSES:
        bpy.utils.register_class(each)
    setattr(
        bpy.types.WindowManager,
        NAME,
        bpy.props.PointerProperty(
            type=MOVIE_DIRECTOR_PG_status, name="Movie Director", options={"HIDDEN", "SKIP_SAVE"}
        ),
    )


def unregister() -> None:
    if hasattr(bpy.types.WindowManager, NAME):
        for manager in bpy.data.window_managers:
            manager.property_unset(NAME)
        delattr(bpy.types.WindowManager, NAME)
    for each in reversed(_CLASSES):
        if each.is_registered:
            bpy.utils.unregister_class(each)
