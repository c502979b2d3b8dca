# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done without the preferences: the menus name all of it, and what has to know for what asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import bpy
from inside import project
from inside.session import Session

OPS = bpy.ops.movie_director
WANTED = {
    "discover",
    "reset_settings",
    "undo_reset",
    "forget_key",
    "revoke_address",
    "load_profile",
    "save_profile",
    "rename_profile",
    "delete_profile",
    "undo_profile",
    "import_settings",
    "export_settings",
    "reset_project_settings",
}
SERVICES = ("comfyui", "wan2gp", "litellm", "rvc", "audioldm")


def scenario(session: Session) -> Iterator[object]:
    session.install()
    yield project.ready(session)
    yield session.until(lambda: hasattr(bpy.types, "MOVIE_DIRECTOR_MT_settings"), what="the menu")
    services = drawn("MOVIE_DIRECTOR_MT_services")
    in_menus = {*services.names, *drawn("MOVIE_DIRECTOR_MT_settings").names}
    assert in_menus >= WANTED, WANTED - in_menus
    assert set(services.texts) == {"", "Test All Connections", "Show or Hide All Details"}
    for name in in_menus:
        assert getattr(OPS, name).get_rna_type(), f"there is no {name}"

    nothing_to_choose()
    something_to_choose(session)
    reasons(session)
    all_off(session)
    assert session.addon("ui.bridge").mistakes() == ()
    session.disable()
    assert not hasattr(bpy.types, "MOVIE_DIRECTOR_MT_settings")


def nothing_to_choose() -> None:
    for name, said in (
        ("open_web_page", "It is not known where its web page is"),
        ("use_address", "No other program of the same kind was found"),
        ("allow_address_once", "No project waits for your consent"),
        ("revoke_address", "You have allowed no address on another computer"),
        ("forget_key", "There is no key to forget"),
        ("delete_profile", "You have saved no profile yet."),
    ):
        assert asked(name).labels == [said], name


def something_to_choose(session: Session) -> None:
    assert OPS.save_profile(name="Home") == {"FINISHED"}
    assert [each.name for each in asked("load_profile").given] == [
        "Local",
        "LAN studio",
        "Development",
        "Home",
    ]
    assert [each.name for each in asked("delete_profile").given] == ["Home"]
    preferences = bpy.context.preferences.addons[session.module_name].preferences
    preferences.litellm_url = "http://10.0.0.9:4000"
    preferences.litellm_key = "sk-canary"
    assert [each.service for each in asked("forget_key").given] == ["litellm"]
    assert asked("forget_key").texts == ["LiteLLM, http://10.0.0.9:4000"]
    preferences.litellm_url = ""
    assert [each.service for each in asked("copy_details").given] == list(SERVICES)


def reasons(session: Session) -> None:
    """What is grey says why."""
    store = project.store(session)
    store.set_value("rvc", "enabled", False)
    for name, given, said in (
        ("test_connection", {"service": "rvc"}, "It is switched off"),
        ("test_connection", {"service": "comfyui"}, "Test the connection to ComfyUI"),
        ("reset_settings", {"service": "comfyui", "setting": ""}, "Nothing is set here"),
        ("reset_settings", {"service": "rvc", "setting": ""}, "Take back everything"),
        ("reset_settings", {"service": "", "setting": ""}, "Take back everything"),
        ("reset_project_settings", {"service": "", "setting": "", "tooltip": ""}, "Nothing is set for"),
        ("delete_profile", {"name": "Local"}, "It comes with Movie Director"),
        ("rename_profile", {"name": "Home"}, "Give Home another name"),
        ("load_profile", {"name": "Local"}, "Use Local in place of"),
        ("manual_reconnect", {"service": "comfyui"}, "Try to connect to ComfyUI at once"),
        ("open_web_page", {"service": "comfyui"}, "Open its page"),
        ("allow_address_once", {"service": "", "origin": ""}, "Let the address that this project names"),
        ("allow_address_always", {"service": "", "origin": ""}, "Let every project use the address that"),
    ):
        described = kind(name).description(bpy.context, SimpleNamespace(**given))
        assert described.startswith(said), (name, described)
        assert not described.endswith("."), "Blender adds the full stop"


def all_off(session: Session) -> None:
    """A test of nothing is not taken for one that went well."""
    for service in SERVICES:
        project.store(session).set_value(service, "enabled", False)
    assert OPS.test_connection() == {"CANCELLED"}


# --- drawing without a window ---------------------------------------------------------------------------


class Notes:
    """A layout that notes what is drawn."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.texts: list[str] = []
        self.given: list[SimpleNamespace] = []
        self.labels: list[str] = []
        self.operator_context = ""

    def operator(self, name: str, text: str = "", **_: object) -> SimpleNamespace:
        self.names.append(name.removeprefix("movie_director."))
        self.texts.append(text)
        self.given.append(SimpleNamespace())
        return self.given[-1]

    def label(self, text: str = "", **_: object) -> None:
        self.labels.append(text)

    def separator(self) -> None:
        pass

    def menu(self, name: str) -> None:
        assert hasattr(bpy.types, name), name


def drawn(menu: str) -> Notes:
    notes = Notes()
    found = getattr(bpy.types, menu)
    for draw in getattr(found.draw, "_draw_funcs", [found.draw]):
        draw(SimpleNamespace(layout=notes), bpy.context)
    return notes


def asked(name: str) -> Notes:
    """What the menu offers that an operator opens which was called without saying for what."""
    notes, shown = Notes(), []
    context = SimpleNamespace(window_manager=SimpleNamespace(popup_menu=lambda draw, **_: shown.append(draw)))
    operator = kind(name)
    operator.ask(Asking(operator), context)
    [draw] = shown
    draw(SimpleNamespace(layout=notes), bpy.context)
    return notes


class Asking:
    """Stands for an operator that was called: it has what its class has."""

    def __init__(self, operator: Any) -> None:
        self._operator = operator
        self.service = ""

    def __getattr__(self, name: str) -> Any:
        found: Callable[..., Any] | property = getattr(self._operator, name)
        return found.fget(self) if isinstance(found, property) else found


def kind(name: str) -> Any:
    return getattr(bpy.types, f"MOVIE_DIRECTOR_OT_{name}")
