"""Documents of every age are understood, and one step is one function."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from movie_director.core.documents import NewerVersion, Unreadable
from movie_director.core.migrations import CURRENT, STEPS, from_1_to_2, from_2_to_3, migrated
from movie_director.core.schema import Key
from movie_director.core.settings_document import read, written

from tests.settings_kit import SCHEMA, values

DATA = Path(__file__).resolve().parents[1] / "data" / "settings"


def document(name: str) -> dict[str, object]:
    loaded = json.loads((DATA / f"{name}.json").read_bytes())
    assert isinstance(loaded, dict)
    return loaded


def test_there_is_one_step_from_every_version_to_the_next() -> None:
    assert list(STEPS) == list(range(1, CURRENT))


def test_from_1_to_2_the_checks_get_an_interval() -> None:
    old = document("version-1-scene")
    before = copy.deepcopy(old)
    new = from_1_to_2(old)
    assert old == before
    assert new["version"] == 2
    assert "config_version" not in new
    services = new["services"]
    assert isinstance(services, dict)
    assert services["comfyui"]["health_check_interval"] == 30
    assert services["comfyui"]["connection_timeout"] == 45.0


def test_from_2_to_3_only_what_the_user_set_is_left() -> None:
    old = document("version-2")
    before = copy.deepcopy(old)
    assert from_2_to_3(old) == {
        "format": "movie-director/settings",
        "version": 3,
        "settings": {
            "services": {
                "comfyui": {"check_interval": 10},
                "rvc": {"enabled": False, "url": "http://render:7865", "timeout": 12.5},
            }
        },
    }
    assert old == before


def test_an_export_of_version_1_is_read() -> None:
    user, problems = read(SCHEMA, (DATA / "version-1.json").read_bytes(), "old.json")
    assert user.values == values(
        comfyui__url="http://192.168.1.20:8188", wan2gp__enabled=False, wan2gp__timeout=90.0,
        wan2gp__retry_count=5,
    )  # fmt: skip
    assert [each.parameter("name") for each in problems] == ["litellm.custom_data"]


def test_the_settings_of_a_scene_of_version_1_are_read() -> None:
    user, problems = read(SCHEMA, (DATA / "version-1-scene.json").read_bytes(), "old.json")
    assert problems == ()
    assert user.values == values(auto_connect=False, comfyui__timeout=45.0, comfyui__retry_count=0)


def test_version_2_is_read() -> None:
    user, problems = read(SCHEMA, (DATA / "version-2.json").read_bytes(), "old.json")
    assert problems == ()
    assert user.values == values(
        comfyui__check_interval=10.0, rvc__enabled=False, rvc__url="http://render:7865", rvc__timeout=12.5
    )


def test_what_an_older_version_says_beside_its_services_is_taken_along() -> None:
    old = {
        "version": 2,
        "settings": {
            "auto_connect_on_startup": False,
            "colour": "dark",
            "services": {"rvc": {"timeout": 12.5}, "comfyui": {"connection_timeout": 7.0, "timeout": 8.0}},
        },
        "services": {"rvc": {"timeout": 13.5}, "wan2gp": {"timeout": 14.5}},
        "extra": 1,
    }
    user, problems = read(SCHEMA, json.dumps(old).encode(), "old.json")
    assert user.values == values(
        auto_connect=False, comfyui__timeout=8.0, rvc__timeout=12.5, wan2gp__timeout=14.5
    )
    told = sorted(str(each.parameter("name")) for each in problems)
    assert told == ["colour", "comfyui.connection_timeout", "extra", "services"]
    kept = json.loads(written(user))
    assert (kept["settings"]["colour"], kept["extra"]) == ("dark", 1)
    assert kept["settings"]["services"]["comfyui"]["connection_timeout"] == 7.0
    assert kept["services"] == {"rvc": {"timeout": 13.5}}, "two values for one setting: the other is kept"


@pytest.mark.parametrize("said", ["no", 0, None])
def test_a_beginning_that_an_older_version_cannot_have_said_is_told(said: object) -> None:
    for old in ({"auto_connect_on_startup": said}, {"settings": {"auto_connect_on_startup": said}}):
        user, problems = read(SCHEMA, json.dumps({"version": 1, **old}).encode(), "old.json")
        assert [each.parameter("name") for each in problems] == ["auto_connect"]
        assert json.loads(written(user))["settings"] == {"general": {"auto_connect": said}}


def test_the_present_version_is_read_and_written_unchanged() -> None:
    text = (DATA / "version-3.json").read_text("ascii")
    user, problems = read(SCHEMA, text.encode(), "now.json")
    assert problems == ()
    assert user.values == values(
        auto_connect=False, profile="Night", comfyui__url="http://192.168.1.20:8188",
        comfyui__custom_data='{"busy_limit": 120.0}',
    )  # fmt: skip
    assert user.profiles["Night"].entries == {Key("comfyui", "timeout"): 60.0}
    assert written(user) == text


def test_a_future_version_is_not_touched() -> None:
    future = {"version": CURRENT + 1, "settings": 7}
    assert migrated(future) is future
    with pytest.raises(NewerVersion, match="4"):
        read(SCHEMA, json.dumps(future).encode(), "new.json")


@pytest.mark.parametrize("version", [None, 0, -1, "3", 1.5, True])
def test_a_document_without_a_version_is_none(version: object) -> None:
    with pytest.raises(Unreadable, match="does not say its version"):
        read(SCHEMA, json.dumps({"version": version}).encode(), "x.json")
