# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as somebody might make them to harm: nobody but this computer is contacted, and nothing breaks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import bpy
from inside import project
from inside.services import has_heard
from inside.session import Session

KEY = "sk-live-0123456789abcdef0123456789abcdef"
ATTACKER = "http://attacker.example:8188"
LAN = "http://192.0.2.7:8188"
URLS = (
    "javascript:alert(1)",
    "file:///etc/passwd",
    "\\\\attacker\\share",
    "http://ada:pw@attacker.example",
    "http://127.0.0.1.attacker.example",
    "http://2130706433.attacker.example/",
    "unix:/tmp/x",
    "http://[::ffff:192.0.2.7]:80",
    "x" * 5000,
    "http://a\nb",
)
FIELDS: dict[str, Any] = {
    "enabled": "yes",
    "url": ["http://x"],
    "timeout": "9" * 400,
    "retry_count": 1e308,
    "required": None,
    "custom_data": {"busy_limit": 1, "api_key": KEY, "__class__": 1},
    "api_key": KEY,
    "ca_file": "/etc/passwd",
    "check_interval": -1,
}


def scenario(session: Session) -> Iterator[object]:
    contacted = listen()
    if hasattr(bpy.context.preferences.system, "use_online_access"):
        bpy.context.preferences.system.use_online_access = True
    session.install()
    yield project.ready(session)
    yield from addresses(session, contacted)
    yield from texts(session)
    full(session)
    yield from properties_of_another_kind(session)
    assert contacted == [], contacted
    mistakes = session.addon("ui.bridge").mistakes()
    assert mistakes == (), mistakes
    assert KEY not in session.addon("core.messages").explain(first_problem(session)).title
    session.disable()


def addresses(session: Session, contacted: list[str]) -> Iterator[object]:
    """Another computer waits for consent; what is no address is no address."""
    for url in (ATTACKER, LAN):
        opened_with(session, says({"comfyui": {"url": url}}))
        yield 1.5
        assert project.withheld(session, "comfyui") == "not-allowed"
        assert contacted == []
    assert bpy.ops.movie_director.allow_address_once(service="comfyui", origin=ATTACKER) == {"CANCELLED"}
    assert project.withheld(session, "comfyui") == "not-allowed", "the answer was for another address"
    for url in URLS:
        opened_with(session, says({"comfyui": {"url": url}}))
        assert project.said(session) == {} or project.withheld(session, "comfyui") == "not-allowed", url
        yield
    opened_with(session, says({"comfyui": {"url": LAN}}))
    for allow in (bpy.ops.movie_director.allow_address_once, bpy.ops.movie_director.allow_address_always):
        for how in ("EXEC_DEFAULT", "INVOKE_DEFAULT"):
            assert allow(how, service="comfyui") == {"CANCELLED"}, "it does not name what it allows"
            assert allow(how) == {"CANCELLED"}
    assert project.withheld(session, "comfyui") == "not-allowed"
    assert bpy.ops.movie_director.allow_address_once(service="comfyui", origin=LAN) == {"FINISHED"}
    yield session.until(lambda: contacted, what="the allowed address is used")
    assert set(contacted) == {"192.0.2.7"}
    assert bpy.ops.movie_director.revoke_address(origin=LAN) == {"FINISHED"}
    assert project.withheld(session, "comfyui") == "not-allowed"
    opened_with(session, "")
    yield from has_heard(session, "comfyui")
    contacted.clear()


def texts(session: Session) -> Iterator[object]:
    """Whatever the text is, what can be used is used, and the rest is told."""
    opened_with(
        session, says({"comfyui": FIELDS, "nobody": {"url": ATTACKER}}, general={"auto_connect": "x"})
    )
    yield 0.3
    assert project.said(session) == {}
    named = {str(each.parameter("name")) for each in project.store(session).newest.problems}
    assert named >= {f"comfyui.{name}" for name in FIELDS}
    assert KEY not in repr(project.store(session).newest.problems)
    huge = says({"comfyui": {"custom_data": {"busy_limit": 100, "x": "y" * 10_000_000}}})
    for text in (huge, "[" * 100_000, "{", "null", "\u202e\x00", '{"version": 99, "settings": 5}', "[]"):
        opened_with(session, text)
        assert project.said(session) == {}
        yield 0.2
        file = str(session.folder / "again.blend")
        bpy.ops.wm.save_as_mainfile(filepath=file)
        assert project.stored() == text.partition("\x00")[0], "a save leaves it as it is"
        assert bpy.ops.movie_director.set_for_project(service="comfyui", setting="url") == {"CANCELLED"}, (
            text[:20]
        )
        project.props().comfyui_connection.url = "http://127.0.0.1:1"
        assert project.said(session) == {}
    assert bpy.ops.movie_director.reset_project_settings() == {"FINISHED"}
    assert project.stored() == ""
    newer = '{"config_version": 4, "settings": {"services": {"comfyui": {"url": "http://127.0.0.1:1"}}}}'
    opened_with(session, newer)
    assert [each.code.value for each in project.store(session).newest.problems] == ["settings-newer"]
    assert project.props().config_version == 4


def full(session: Session) -> None:
    """A text that is nearly as long as can be takes no change that would make it unreadable."""
    limit = session.addon("core.project_document").LIMIT
    said = {"comfyui": {"timeout": 5.0}, "rvc": {"timeout": 6.0}}
    mostly = json.dumps({**json.loads(says(said)), "more": "字" * (limit // 3)}, ensure_ascii=False)
    opened_with(session, mostly)
    assert project.said(session) == {"comfyui.timeout": 5.0, "rvc.timeout": 6.0}
    project.props().comfyui_connection.url = "http://127.0.0.1:1"
    [(_, fault)] = session.addon("ui.project_parts").sync.drafts.values()
    assert (
        fault.parameter("reason") == f"the settings of this project would be longer than {limit} characters"
    )
    assert bpy.ops.movie_director.set_for_project(service="comfyui", setting="required") == {"CANCELLED"}
    assert bpy.ops.movie_director.reset_project_settings(service="rvc") == {"CANCELLED"}
    assert project.stored() == mostly
    assert bpy.ops.movie_director.reset_project_settings() == {"FINISHED"}
    assert project.stored() == ""


def properties_of_another_kind(session: Session) -> Iterator[object]:
    """Blender before 5.0 lets anybody write whatever there."""
    for value in (5, "text", [1.0, 2.0], {"stored": 7, "last_connections": [1]}, {"stored": {"a": 1}}):
        bpy.ops.wm.read_homefile()
        scene = bpy.context.scene
        scene[project.NAME] = value
        file = str(session.folder / "kind.blend")
        bpy.ops.wm.save_as_mainfile(filepath=file)
        bpy.ops.wm.open_mainfile(filepath=file)
        yield 1.2
        assert project.said(session) == {}, value
        project.props().comfyui_connection.retry_count = 3
        assert project.said(session) == {"comfyui.retry_count": 3}, value
    opened_with(session, "", hints='{"comfyui": ["' + ATTACKER + '", "2026-01-01T00:00Z"], "rvc": 5}')
    yield 1.2
    assert project.props().comfyui_connection.last_connection == f"{ATTACKER} 2026-01-01T00:00Z"
    assert project.props().rvc_connection.last_connection == ""
    opened_with(session, says({"comfyui": FIELDS}))


def says(services: dict[str, Any], general: dict[str, Any] | None = None) -> str:
    return json.dumps({"version": 3, "settings": {"services": services, "general": general or {}}})


def opened_with(session: Session, text: str, hints: str = "") -> None:
    """A file that says this, made without the add-on, is opened."""
    file = str(session.folder / "stranger.blend")
    bpy.ops.wm.read_homefile()
    group = getattr(bpy.context.scene, project.NAME)
    # As if it were written by another program: nothing of ours looks at it before the file is opened.
    handlers = bpy.app.handlers.save_pre
    ours = [each for each in handlers if each.__module__.endswith("ui.project")]
    for each in ours:
        handlers.remove(each)
    group.stored, group.last_connections = text, hints
    bpy.ops.wm.save_as_mainfile(filepath=file)
    for each in ours:
        handlers.append(each)
    bpy.ops.wm.open_mainfile(filepath=file)


def first_problem(session: Session) -> Any:
    return project.store(session).newest.problems[0]


def listen() -> list[str]:
    """Everything beyond this computer that somebody wants to reach, from now on."""
    contacted: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.getaddrinfo", "socket.gethostbyname"):
            note(str(arguments[0]))
        elif event in ("socket.connect", "socket.sendto"):
            address = arguments[1]
            if isinstance(address, tuple):
                note(str(address[0]))

    def note(host: str) -> None:
        if not host.startswith("127.") and host not in ("localhost", "::1", "", "None"):
            contacted.append(host)

    sys.addaudithook(hook)
    return contacted
