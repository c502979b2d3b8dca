# SPDX-License-Identifier: GPL-3.0-or-later
"""The text in which a .blend carries its settings: set means said, the strange and the newer stay."""

from __future__ import annotations

import json

import pytest
from movie_director.core import last_connections, project_document
from movie_director.core.documents import NewerVersion, Unreadable
from movie_director.core.endpoint import parse_endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.messages import explain
from movie_director.core.migrations import CURRENT
from movie_director.core.model import State
from movie_director.core.project_layer import read_project
from movie_director.core.schema import Key, Layer, Value
from movie_director.core.snapshot import ServiceStatus, Snapshot

from tests.settings_kit import SCHEMA, values

URL = "http://192.168.1.20:8188"
NEWER = json.dumps({"version": CURRENT + 1, "settings": {"services": {"comfyui": {"url": URL}}}, "new": [1]})


def with_value(text: str, name: str, value: Value, service: str = "comfyui") -> str:
    key = Key(service, name)
    setting = SCHEMA.find(key)
    assert setting is not None
    return project_document.with_value(text, key, setting, value)


def test_a_project_says_what_was_set_even_where_that_is_the_default() -> None:
    text = with_value(with_value("", "enabled", True), "url", "")
    text = with_value(text, "auto_connect", False, service="")
    assert project_document.read(text) == {
        "": {"auto_connect": False},
        "comfyui": {"enabled": True, "url": ""},
    }
    layer, problems = read_project(SCHEMA, project_document.read(text), "film.blend")
    assert layer.values == values(auto_connect=False, comfyui__enabled=True, comfyui__url="")
    assert (layer.layer, problems) == (Layer.PROJECT, ())


def test_custom_data_is_kept_as_an_object() -> None:
    text = with_value("", "custom_data", '{"busy_limit": 300.0}')
    assert json.loads(text)["settings"]["services"]["comfyui"]["custom_data"] == {"busy_limit": 300.0}


def test_what_is_taken_back_is_not_said_and_nothing_said_is_no_text() -> None:
    text = with_value(with_value("", "timeout", 10.0), "url", URL, service="rvc")
    assert project_document.read(project_document.without(text, "comfyui", "timeout")) == {
        "rvc": {"url": URL}
    }
    assert project_document.read(project_document.without(text, "rvc")) == {"comfyui": {"timeout": 10.0}}
    assert project_document.without(project_document.without(text, "rvc"), "comfyui") == ""
    assert project_document.without(text) == ""
    assert project_document.without("", "rvc") == ""


def test_what_is_not_understood_stays_where_it_stands() -> None:
    strange = {"version": CURRENT, "settings": {"services": {"later": {"url": "x"}}}, "more": [1, 2]}
    text = with_value(json.dumps(strange), "url", URL)
    kept = json.loads(project_document.without(text, "comfyui"))
    assert kept == strange


def test_a_text_of_a_newer_version_is_neither_read_nor_changed() -> None:
    assert project_document.version(NEWER) == CURRENT + 1
    with pytest.raises(NewerVersion) as caught:
        project_document.read(NEWER)
    for change in (lambda: with_value(NEWER, "url", ""), lambda: project_document.without(NEWER, "comfyui")):
        with pytest.raises(NewerVersion):
            change()
    fault = project_document.fault(caught.value, "film.blend")
    assert fault.code is ProblemCode.SETTINGS_NEWER
    told = explain(fault)
    assert "film.blend" in told.title
    assert "lost" not in told.advice, "nothing of a project is lost"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"settings": {}}', '{"version": true}', "[" * 40_000, '"' + "x" * 70_000 + '"', "\0"]
)
def test_what_is_no_document_is_told_without_quoting_it(text: str) -> None:
    assert project_document.version(text) == 0
    with pytest.raises(Unreadable) as caught:
        project_document.read(text)
    assert len(str(caught.value)) < 60
    fault = project_document.fault(caught.value, "")
    assert fault.code is ProblemCode.SETTINGS_UNREADABLE
    assert "project settings" in explain(fault).advice
    assert project_document.without(text) == "", "a reset gets rid of it"


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"settings": 5}, "settings"),
        ({"settings": {"general": "x"}}, "settings.general"),
        ({"settings": {"services": []}}, "settings.services"),
        ({"settings": {"services": {"comfyui": "x"}}}, "settings.services.comfyui"),
    ],
)
def test_parts_of_a_wrong_kind_say_nothing_are_told_and_give_way(part: dict[str, object], name: str) -> None:
    text = json.dumps({"version": CURRENT, **part})
    assert project_document.read(text) == {}
    [told] = project_document.wrong_parts(text, "film.blend")
    assert (told.code, told.parameter("name")) == (ProblemCode.BAD_SETTING, name)
    assert (told.parameter("where"), project_document.is_part(name)) == ("film.blend", True)
    assert "expected an object" in explain(told).title
    text = with_value(with_value(text, "url", URL), "auto_connect", False, service="")
    assert project_document.read(text) == {"comfyui": {"url": URL}, "": {"auto_connect": False}}
    assert project_document.wrong_parts(text, "film.blend") == ()
    assert project_document.wrong_parts("", "film.blend") == ()


@pytest.mark.parametrize("version", [1, 2])
def test_older_versions_go_through_the_same_steps_as_the_files_of_the_user(version: int) -> None:
    old = {
        "config_version" if version == 1 else "version": version,
        "auto_connect_on_startup": False,
        "services": {
            "comfyui": {"enabled": True, "url": URL, "connection_timeout": 60.0, "retry_count": 7},
            "rvc": {"url": "http://localhost:7865", "custom_data": {}},
        },
    }
    text = json.dumps(old)
    assert project_document.version(text) == version
    said = {"": {"auto_connect": False}, "comfyui": {"url": URL, "retry_count": 7}}
    assert project_document.read(text) == said
    changed = with_value(text, "timeout", 5.0, service="rvc")
    assert project_document.version(changed) == CURRENT
    assert project_document.read(changed) == {**said, "rvc": {"timeout": 5.0}}


def test_a_text_that_would_be_too_long_to_be_read_again_is_not_made() -> None:
    strange = {"version": CURRENT, "more": "x" * (project_document.LIMIT - 100)}
    text = with_value(json.dumps(strange), "timeout", 5.0)
    assert project_document.read(text) == {"comfyui": {"timeout": 5.0}}
    with pytest.raises(project_document.TooLong, match="longer than 65536 characters"):
        with_value(text, "url", URL)
    assert project_document.read(project_document.without(text, "comfyui")) == {}


def test_letters_that_become_longer_when_they_are_escaped_are_counted_as_they_are_written() -> None:
    said = {"comfyui": {"timeout": 5.0}, "rvc": {"timeout": 5.0}}
    foreign = {"version": CURRENT, "settings": {"services": said}, "more": "字" * 20_000}
    text = json.dumps(foreign, ensure_ascii=False)
    assert project_document.read(text) == said
    for change in (lambda: with_value(text, "url", URL), lambda: project_document.without(text, "rvc")):
        with pytest.raises(project_document.TooLong):
            change()
    assert project_document.without(text) == ""


# --- last connections ---------------------------------------------------------------------------------------


def connected(service: str, url: str, state: State = State.CONNECTED) -> ServiceStatus:
    return ServiceStatus(service, service, False, state, 0.0, endpoint=parse_endpoint(url))


def test_where_services_are_connected_is_written_without_log_in_and_read_again() -> None:
    rows = {"comfyui": connected("comfyui", URL), "rvc": connected("rvc", "http://b", State.RECONNECTING)}
    before = {"rvc": last_connections.LastConnection("http://10.0.0.1:7865", "2026-01-01T00:00Z")}
    hints = last_connections.updated(before, Snapshot(services=rows), 1_795_242_600.0, ["comfyui"])
    read = last_connections.read(last_connections.written(hints), SCHEMA)
    assert read == hints
    assert (read["comfyui"].url, read["comfyui"].moment) == (URL, "2026-11-21 06:30 UTC")
    assert read["rvc"] == before["rvc"], "the others stay as they were"


@pytest.mark.parametrize(("url", "is_written"), [("http://127.0.0.1:8188", True), (URL, False)])
def test_another_computer_that_only_the_user_names_is_not_written_into_the_file(
    url: str, is_written: bool
) -> None:
    rows = {"comfyui": connected("comfyui", url)}
    hints = last_connections.updated({}, Snapshot(services=rows), 1_795_242_600.0, ["rvc"])
    assert ("comfyui" in hints) is is_written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        '{"nobody": ["http://a", "2026-01-01T00:00Z"]}',
        '{"rvc": "http://a"}',
        '{"rvc": ["http://a", "yesterday"]}',
        '{"rvc": ["", "2026-01-01T00:00Z"]}',
        '{"rvc": [1, 2]}',
        '{"rvc": ["' + "x" * 9000 + '", "2026-01-01T00:00Z"]}',
    ],
)
def test_what_is_no_hint_is_left_out(text: str) -> None:
    assert last_connections.read(text, SCHEMA) == {}


def test_a_hint_is_shown_on_one_line_and_without_a_password() -> None:
    text = json.dumps({"rvc": ["http://ada:pw@a\nb\x1b[31m", "2026-01-01T00:00Z"]})
    assert "pw" not in repr(last_connections.read(text, SCHEMA))
    assert last_connections.read(text, SCHEMA)["rvc"].url.isprintable()
