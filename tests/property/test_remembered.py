"""Whatever stands in the file of remembered services, reading it gives entries or one of two errors."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from movie_director.core.facts import Capability, LanguageModel, Parameter, ServiceInfo
from movie_director.core.remembered import LIMIT, SCHEMA, NewerSchema, Unreadable, read, written
from movie_director.core.snapshot import Remembered

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=6)
)
FIELDS = (
    "url", "seen_at", "program", "version", "features", "models", "capabilities", "language_models",
    "folder", "names", "makes", "operation", "parameters", "name", "kind", "minimum", "maximum", "choices",
)  # fmt: skip
shaped = st.recursive(
    scalars | st.just("http://127.0.0.1:1") | st.floats(0, 1e9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=9),
)
"""Values under the names that the reader looks at, of every wrong shape."""
entries_of_anybody = st.dictionaries(st.sampled_from(("comfyui", "rvc", "")) | st.text(), shaped, max_size=4)

words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
distinct = st.lists(words, max_size=5, unique=True).map(tuple)
numbers = st.none() | st.floats(-1e300, 1e300)
parameters = st.builds(Parameter, words, words, numbers, numbers, distinct)
capabilities = st.builds(Capability, words, st.just("") | words, st.lists(parameters, max_size=3).map(tuple))
infos = st.builds(
    ServiceInfo,
    words,
    words,
    features=distinct,
    models=st.lists(st.tuples(words, distinct), max_size=4).map(tuple),
    capabilities=st.lists(capabilities, max_size=3).map(tuple),
    language_models=st.lists(st.builds(LanguageModel, words, words), max_size=3).map(tuple),
    complete=st.just(True),
)
ours = st.lists(
    st.builds(
        Remembered,
        st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True),
        st.integers(1, 65535).map(lambda port: f"http://127.0.0.1:{port}"),
        st.floats(0, 2e11),
        infos,
        st.booleans(),
    ),
    max_size=5,
).map(lambda entries: {entry.service: entry for entry in entries})


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_give_entries_or_one_of_two_errors(data: bytes) -> None:
    try:
        found = read(data)
    except (Unreadable, NewerSchema):
        return
    assert all(isinstance(entry, Remembered) for entry in found.values())


@given(entries_of_anybody)
def test_what_is_read_of_any_entries_can_be_written_and_read_again(services: object) -> None:
    data = json.dumps({"schema": SCHEMA, "services": services}).encode()
    found = read(data)
    assert all(name == entry.service for name, entry in found.items())
    text = written(found)
    assert len(text) <= LIMIT
    assert read(text.encode()) == found


@given(ours)
def test_what_is_written_is_read_again(entries: dict[str, Remembered]) -> None:
    assert read(written(entries).encode()) == entries
