"""What is remembered of a service, and what the document of it gives back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from movie_director.core.endpoint import Endpoint
from movie_director.core.facts import Access, Capability, LanguageModel, Parameter, Queue, ServiceInfo
from movie_director.core.model import State
from movie_director.core.remembered import (
    LIMIT,
    REFRESH,
    SCHEMA,
    NewerSchema,
    Unreadable,
    is_news,
    read,
    remember,
    written,
)
from movie_director.core.snapshot import Remembered

from tests.samples import COMFY, HERE, status

SIZE = Parameter("size", "choice", choices=("480p", "720p"))
STEPS = Parameter("steps", "number", 1.0, 100.0)
LASTING = ServiceInfo(
    "Wan2GP",
    "12.60",
    features=("mcp",),
    models=(("t2v", ("wan 2.1", "größe")), ("", ("x",))),
    capabilities=(Capability("video", "generate", (SIZE, STEPS)), Capability("image")),
    language_models=(LanguageModel("gpt", "openai"), LanguageModel("local")),
    complete=True,
)
ENTRY = Remembered("wan2gp", "http://127.0.0.1:7860", 1_795_219_200.25, LASTING)


def document(**fields: Any) -> bytes:
    return json.dumps({"schema": SCHEMA, "services": {}, **fields}).encode()


def test_only_what_lasts_is_remembered() -> None:
    passing = replace(
        LASTING, queue=Queue(3), devices=COMFY.devices, access=Access.ACCEPTED, variables=("OPENAI_API_KEY",)
    )
    seen = status(
        State.CONNECTED, service="wan2gp", info=passing, endpoint=Endpoint("http", "127.0.0.1", 7860)
    )
    assert remember(seen, ENTRY.seen_at) == ENTRY


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.RECONNECTING},
        {"info": None},
        {"info": replace(COMFY, complete=False)},
        {"endpoint": None},
    ],
    ids=str,
)
def test_nothing_is_remembered_of_what_is_not_there_or_not_read_yet(changes: dict[str, Any]) -> None:
    assert remember(replace(status(State.CONNECTED), **changes), 0.0) is None


def test_news_is_what_differs_or_is_old() -> None:
    assert is_news(None, ENTRY)
    assert not is_news(ENTRY, replace(ENTRY, seen_at=ENTRY.seen_at + REFRESH - 1))
    assert is_news(ENTRY, replace(ENTRY, seen_at=ENTRY.seen_at + REFRESH))
    assert is_news(ENTRY, replace(ENTRY, url=HERE.url))
    assert is_news(ENTRY, replace(ENTRY, info=replace(LASTING, version="12.61")))


def test_the_document_gives_back_what_went_in() -> None:
    comfy = Remembered("comfyui", HERE.url, 1.0, replace(COMFY, devices=(), queue=None), shortened=True)
    entries = {"comfyui": comfy, "wan2gp": ENTRY}
    text = written(entries)
    assert text.isascii()
    assert read(text.encode()) == entries
    assert list(read(text.encode())) == ["comfyui", "wan2gp"]


# --- bounds -----------------------------------------------------------------------------------------------


def test_long_lists_are_cut_and_that_is_said() -> None:
    names = tuple(f"model {number} with a rather long name.safetensors" for number in range(20_000))
    long = replace(ENTRY, info=replace(LASTING, models=(("checkpoints", names), ("vae", ("one",)))))
    text = written({"wan2gp": long, "comfyui": replace(ENTRY, service="comfyui")})
    assert len(text) <= LIMIT
    found = read(text.encode())
    assert found["wan2gp"].shortened
    folders = dict(found["wan2gp"].info.models)
    assert folders["checkpoints"] == names[: len(folders["checkpoints"])]
    assert len(folders["checkpoints"]) >= 1_000
    assert folders["vae"] == ("one",)
    assert found["comfyui"] == replace(ENTRY, service="comfyui")


def test_many_services_leave_the_newest() -> None:
    entries = {f"s{n}": replace(ENTRY, service=f"s{n}", seen_at=float(n)) for n in range(100)}
    found = read(written(entries).encode())
    assert sorted(entry.seen_at for entry in found.values()) == list(map(float, range(68, 100)))


def test_what_cannot_be_made_to_fit_is_left_out() -> None:
    huge = replace(ENTRY, info=replace(LASTING, version="x" * LIMIT))
    assert read(written({"wan2gp": huge}).encode()) == {}


# --- documents of others ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"[1]",
        b"{}",
        document(schema="movie-director/status/1"),
        document(schema="movie-director/remembered/0"),
        document(schema=["movie-director/remembered/1"]),
        b"[" * 100_000,
        b" " * LIMIT + document(),
    ],
    ids=lambda data: repr(data[:40]),
)
def test_what_is_no_such_document_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


def test_a_newer_document_is_recognised() -> None:
    with pytest.raises(NewerSchema, match=r"^movie-director/remembered/2$"):
        read(document(schema="movie-director/remembered/2", services=7))


@pytest.mark.parametrize(
    "services",
    [
        None,
        [],
        {"comfyui": None},
        {"comfyui": {"url": "http://127.0.0.1:8188"}},
        {"comfyui": {"seen_at": 1}},
        {"comfyui": {"url": "nonsense://", "seen_at": 1}},
        {"comfyui": {"url": "http://127.0.0.1:8188", "seen_at": True}},
        {"comfyui": {"url": "http://127.0.0.1:8188", "seen_at": 1e300}},
        {"COMFY UI": {"url": "http://127.0.0.1:8188", "seen_at": 1}},
    ],
    ids=str,
)
def test_an_entry_needs_a_name_an_address_and_a_moment(services: object) -> None:
    assert read(document(services=services)) == {}


def test_what_is_usable_of_an_edited_entry_is_used() -> None:
    edited = {
        "url": "http://ada:secret@127.0.0.1:8188/",
        "seen_at": 5,
        "program": "Comfy\x1b[2JUI",
        "version": 7,
        "features": "all",
        "models": [None, {"folder": "loras", "names": ["a", 5, "a", "b\n"]}, {}],
        "capabilities": [
            {"makes": ""},
            {
                "makes": "image",
                "parameters": [{"name": "x"}, {"name": "n", "kind": "number", "minimum": "1", "maximum": 2}],
            },
        ],
        "language_models": [{"provider": "p"}, {"name": "m", "provider": 5}],
        "shortened": "yes",
        "unknown": {"field": 1},
    }
    info = ServiceInfo(
        "Comfy [2JUI",
        models=(("loras", ("a",)),),
        capabilities=(Capability("image", "", (Parameter("n", "number", None, 2.0),)),),
        language_models=(LanguageModel("m"),),
        complete=True,
    )
    entry = Remembered("comfyui", "http://127.0.0.1:8188", 5.0, info)
    assert read(document(services={"comfyui": edited})) == {"comfyui": entry}
