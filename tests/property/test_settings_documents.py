"""Settings survive every way they take, and nothing that stands in a file is more than a problem."""

from __future__ import annotations

import contextlib
import json
from types import MappingProxyType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from movie_director.core import config_document
from movie_director.core.documents import NewerVersion, Unreadable
from movie_director.core.environment import read_environment
from movie_director.core.layers import Values, resolve, to_settings
from movie_director.core.migrations import CURRENT, FORMAT, STEPS, migrated
from movie_director.core.project_layer import read_project
from movie_director.core.schema import CUSTOM_KEYS, Key, Kind, Layer, Setting, Value
from movie_director.core.settings_document import UserSettings, merged, read, written
from movie_director.core.settings_exchange import exported, read_import, with_import

from tests.settings_kit import SCHEMA

pytestmark = pytest.mark.timeout(180)
"""Documents of every shape take long to make, under coverage and on a busy computer."""

# --- settings that can be -----------------------------------------------------------------------------------

hosts = st.from_regex(r"[a-z]([a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
urls = st.builds(lambda host, port: f"http://{host}:{port}", hosts, st.integers(1, 65535))
names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)


def number_of(setting: Setting) -> st.SearchStrategy[Value]:
    return st.floats(setting.low, setting.high)


custom_data = st.fixed_dictionaries({}, optional={each.name: number_of(each) for each in CUSTOM_KEYS})


def value_of(setting: Setting) -> st.SearchStrategy[Value]:
    if setting.kind is Kind.SECONDS:
        return number_of(setting)
    if setting.kind is Kind.WHOLE:
        return st.integers(int(setting.low or 0), int(setting.high or 0))
    if setting.kind is Kind.OBJECT:
        return custom_data.map(lambda each: json.dumps(each, sort_keys=True))
    if setting.kind is Kind.BOOLEAN:
        return st.booleans()
    return st.just("") | urls if setting.kind is Kind.URL else names


OF_THE_USER = [
    (key, setting)
    for key, setting in SCHEMA
    if Layer.USER in setting.layers and key.service in ("", "comfyui", "rvc")
]
some_values = st.fixed_dictionaries(
    {}, optional={key: value_of(setting) for key, setting in OF_THE_USER}
).map(lambda entries: Values(MappingProxyType(entries)))
users = st.builds(
    UserSettings, some_values, st.dictionaries(names, some_values, max_size=3).map(MappingProxyType)
)


@given(users)
def test_what_is_written_is_read_again(user: UserSettings) -> None:
    again, problems = read(SCHEMA, written(user).encode(), "f")
    assert problems == ()
    assert again == user
    assert written(again) == written(user)


@given(users)
def test_an_export_is_imported_unchanged(user: UserSettings) -> None:
    brought, problems = read_import(SCHEMA, exported(user).encode(), "f")
    after = with_import(UserSettings(), brought)
    assert problems == ()
    assert exported(after) == exported(UserSettings(brought.values, brought.profiles))
    kept = {key: each for key, each in user.values.entries.items() if key.name not in ("ca_file", "profile")}
    assert after.values.entries == kept
    assert set(after.profiles) == set(user.profiles)


@given(some_values)
def test_every_setting_that_can_be_reaches_the_manager(values: Values) -> None:
    user = UserSettings()
    for key, value in values.entries.items():
        user = user.with_value(SCHEMA, key.service, key.name, value)
    for key, value in user.values.entries.items():
        assert value != SCHEMA.default(key)
    said, _ = read_project(SCHEMA, {})
    settings = to_settings(SCHEMA, resolve(SCHEMA, [said]))
    assert set(settings.services) == {each.name for each in SCHEMA.services}


@given(users, users, users)
def test_of_two_writers_each_keeps_what_it_changed(
    base: UserSettings, ours: UserSettings, theirs: UserSettings
) -> None:
    both = merged(base, ours, theirs).values.entries
    for key, _ in OF_THE_USER:
        before, mine, yours = (each.values.entries.get(key) for each in (base, ours, theirs))
        assert both.get(key) == (yours if mine == before else mine)
    assert merged(base, base, theirs).values == theirs.values
    assert merged(base, ours, base).values == ours.values


# --- whatever stands there ----------------------------------------------------------------------------------

SERVICES = [each.name for each in SCHEMA.services]
WORDS = [
    *sorted({key.name for key, _ in SCHEMA}),
    "version", "config_version", "settings", "services", "profiles", "general", "format",
    "health_check_interval", "connection_timeout", "auto_connect_on_startup",
]  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(
    scalars | st.sampled_from(["http://a:1", FORMAT]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.sampled_from(SERVICES) | st.text(), inner, max_size=8)
    ),
)
documents = st.fixed_dictionaries(
    {"version": st.integers(1, CURRENT)},
    optional={
        "settings": anything,
        "services": st.dictionaries(st.sampled_from(SERVICES) | st.text(), anything, max_size=4),
        "profiles": anything,
        "auto_connect_on_startup": anything,
        "extra": anything,
    },
)


@given(documents)
def test_the_chain_of_migrations_leads_every_document_to_the_present(document: dict[str, object]) -> None:
    before = json.dumps(document)
    new = migrated(document)
    assert json.dumps(document) == before
    assert new["version"] == CURRENT
    assert migrated(new) is new
    step_by_step = document
    for version in range(int(str(document["version"])), CURRENT):
        step_by_step = STEPS[version](step_by_step)
        assert step_by_step["version"] == version + 1
    assert json.dumps(step_by_step) == json.dumps(new)
    if "extra" in document:
        assert json.dumps(new["extra"]) == json.dumps(document["extra"])


DROPPED = {
    *("version", "config_version", "format", "addon", "timestamp", "connection_profile"),
    *("health_check_enabled", "last_connected", "connection_status"),
}
"""Said of a document, or of the moment in which it was written: no settings."""
words = (st.sampled_from(WORDS) | st.text()).filter(lambda name: name not in DROPPED)
fields = st.dictionaries(words, st.just(None), min_size=1, max_size=4)
services = st.dictionaries(st.sampled_from(SERVICES) | st.text(), fields | st.none(), max_size=4)
groups = st.dictionaries(words, fields | st.none(), max_size=4)
beginnings = {"auto_connect_on_startup": st.none()}
older = st.builds(
    lambda outer, known: {**outer, **known},
    groups,
    st.fixed_dictionaries(
        {"version": st.integers(1, CURRENT - 1)},
        optional={
            "services": services | st.none(),
            "settings": st.none()
            | st.builds(
                lambda group, known: {**group, **known},
                groups,
                st.fixed_dictionaries({}, optional={"services": services | st.none(), **beginnings}),
            ),
            **beginnings,
        },
    ),
)


def marked(part: object, found: list[str]) -> object:
    """The same with a text of its own in place of every None; `found` gets these."""
    if isinstance(part, dict):
        return {name: marked(each, found) for name, each in part.items()}
    if part is not None:
        return part
    found.append(f"mark {len(found)} of them")
    return found[-1]


@given(older)
def test_what_an_older_document_says_is_nowhere_lost(document: dict[str, object]) -> None:
    marks: list[str] = []
    new = json.dumps(migrated(marked(document, marks)))
    assert [each for each in marks if new.count(f'"{each}"') != 1] == []


@given(documents | anything)
@example({"config_version": CURRENT})
@example({"config_version": CURRENT + 1})
def test_any_json_is_read_or_refused_and_nothing_of_it_is_lost(document: object) -> None:
    try:
        user, problems = read(SCHEMA, json.dumps(document).encode(), "f")
    except (Unreadable, NewerVersion):
        return
    again, problems_again = read(SCHEMA, written(user).encode(), "f")
    assert again == user
    assert len(problems_again) == len(problems)
    for key, value in user.values.entries.items():
        with_it = UserSettings().with_value(SCHEMA, key.service, key.name, value)
        assert with_it.values.entries.get(key, SCHEMA.default(key)) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Unreadable, NewerVersion):
        read(SCHEMA, data, "f")


@given(
    st.dictionaries(st.sampled_from(SERVICES) | st.text(max_size=8), anything, max_size=4),
    st.text(max_size=80),
)
def test_any_config_file_is_read(document: dict[str, object], text: str) -> None:
    said, problems = config_document.read(SCHEMA, document, text, "config.toml")
    assert all(Layer.FILE in setting_of(key).layers for key in said.values.entries)
    assert all(each.parameter("where") == "config.toml" for each in problems)


@given(
    st.dictionaries(
        st.sampled_from(["", *SERVICES]) | st.text(max_size=8),
        st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=8), anything, max_size=5),
        max_size=4,
    )
)
def test_any_project_is_read_and_says_only_what_it_may(said: dict[str, dict[str, object]]) -> None:
    layer, problems = read_project(SCHEMA, said)
    assert all(Layer.PROJECT in setting_of(key).layers for key in layer.values.entries)
    assert len(layer.values.entries) + len(problems) == sum(len(fields) for fields in said.values())


@given(
    st.dictionaries(
        st.sampled_from([SCHEMA.variable(key) for key, _ in SCHEMA if SCHEMA.variable(key)]), st.text()
    )
)
def test_any_environment_is_read(environment: dict[str, str]) -> None:
    said, problems = read_environment(SCHEMA, environment)
    told = {str(each.parameter("name")) for each in problems}
    assert told <= {name for name, text in environment.items() if text.strip()}
    assert not told & {said.details[key] for key in said.values.entries}


def setting_of(key: Key) -> Setting:
    setting = SCHEMA.find(key)
    assert setting is not None
    return setting
