# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can make what, and who first."""

from __future__ import annotations

from dataclasses import replace

from movie_director.core.facts import Capability, LanguageModel, Queue, ServiceInfo
from movie_director.core.model import Health, State
from movie_director.core.registry import MAKES, language_models, makes_of, offers, who_can_make
from movie_director.core.snapshot import Remembered, ServiceStatus, Snapshot
from movie_director.core.versions import Support


def service(
    name: str, *makes: str, remaining: int | None = 0, health: Health | None = Health.READY
) -> ServiceStatus:
    queue = None if remaining is None else Queue(remaining)
    info = ServiceInfo(name, queue=queue)
    return ServiceStatus(name, name, True, State.CONNECTED, since=0.0, health=health, info=info, makes=makes)


def snapshot(*rows: ServiceStatus) -> Snapshot:
    return Snapshot(1, {row.service: row for row in rows})


def names(found: Snapshot, makes: str, *, ready_only: bool = False) -> list[str]:
    return [offer.status.service for offer in who_can_make(found, makes, ready_only=ready_only)]


def test_the_least_busy_of_the_ready_comes_first() -> None:
    found = snapshot(
        replace(service("down", "video"), state=State.SUSPENDED, health=None),
        service("busy", "video", remaining=0, health=Health.BUSY),
        service("long", "video", remaining=7),
        service("short", "video", remaining=1),
        service("other", "image"),
    )
    assert names(found, "video") == ["short", "long", "busy", "down"]
    assert names(found, "video", ready_only=True) == ["short", "long", "busy"]
    assert names(found, "text") == []


def test_who_does_not_tell_what_runs_comes_behind_who_is_known_to_rest() -> None:
    def waiting(name: str, count: int) -> ServiceStatus:
        row = service(name, "video")
        return replace(row, info=ServiceInfo(name, queue=Queue(count, waiting_only=True)))

    found = snapshot(
        waiting("2 wait, so 1 runs", 2),
        waiting("may be at work", 0),
        service("tells nothing", "video", remaining=None),
        service("has 3", "video", remaining=3),
        service("has 1", "video", remaining=1),
        service("rests", "video", remaining=0),
    )
    assert names(found, "video") == [
        "rests",
        "may be at work",
        "tells nothing",
        "has 1",
        "has 3",
        "2 wait, so 1 runs",
    ]


def test_among_equals_the_order_of_the_snapshot_holds() -> None:
    rows = [service(name, "video", remaining=None) for name in ("b", "a", "c")]
    assert names(snapshot(*rows), "video") == ["b", "a", "c"]


def test_what_a_service_says_of_itself_wins_over_its_kind() -> None:
    row = service("comfyui", "image", "video")
    upscale = Capability("image", "upscale")
    row = replace(row, info=replace(row.info or ServiceInfo(""), capabilities=(upscale,)))
    found = snapshot(row)
    assert who_can_make(found, "image")[0].capabilities == (upscale,)
    assert names(found, "video") == []
    assert makes_of(row) == ("image",)
    assert makes_of(service("x", "image", "video")) == ("image", "video")


def test_a_service_that_is_off_or_too_old_is_no_help() -> None:
    off = replace(service("off", "video"), state=State.DISABLED)
    old = replace(service("old", "video"), support=Support.TOO_OLD)
    assert names(snapshot(off, old), "video") == ["old"]
    assert names(snapshot(off, old), "video", ready_only=True) == []


def test_language_models_are_those_that_can_be_asked_now() -> None:
    info = ServiceInfo("LiteLLM", language_models=(LanguageModel("gpt"), LanguageModel("claude")))
    row = replace(service("litellm", "text"), info=info)
    assert [model.name for _, model in language_models(snapshot(row))] == ["gpt", "claude"]
    assert language_models(snapshot(replace(row, state=State.FAILED))) == ()


# --- what was seen last -------------------------------------------------------------------------------------

UPSCALE = Capability("image", "upscale")
SEEN = Remembered("comfyui", "http://127.0.0.1:8188", 100.0, ServiceInfo("ComfyUI", capabilities=(UPSCALE,)))


def test_a_service_that_is_down_offers_what_it_could_do_when_it_was_last_seen() -> None:
    down = replace(service("comfyui", "image", "video", remaining=4), state=State.SUSPENDED, health=None)
    found = replace(snapshot(down), remembered={"comfyui": SEEN})
    [offer] = who_can_make(found, "image")
    assert (offer.capabilities, offer.last_seen, offer.info) == ((UPSCALE,), SEEN, SEEN.info)
    assert (offer.ready, offer.queue) == (False, None)
    assert names(found, "video") == []
    assert makes_of(down, SEEN) == ("image",)


def test_a_service_that_is_connected_speaks_for_itself() -> None:
    up = service("comfyui", "image", "video")
    found = replace(snapshot(up), remembered={"comfyui": SEEN})
    [offer] = who_can_make(found, "video")
    assert (offer.last_seen, offer.info, offer.ready) == (None, up.info, True)
    assert makes_of(up, SEEN) == ("image", "video")


def test_without_a_question_every_service_is_an_offer_once() -> None:
    rows = [
        service("b", "image", "video", remaining=3),
        service("a", "text", remaining=1),
        service("c", "cheese"),
    ]
    assert [offer.status.service for offer in offers(snapshot(*rows))] == ["a", "b"]
    assert [each.makes for offer in offers(snapshot(*rows)) for each in offer.capabilities] == [
        "text", "image", "video"
    ]  # fmt: skip
    assert set(MAKES) == {"image", "video", "text", "voice", "sound"}
