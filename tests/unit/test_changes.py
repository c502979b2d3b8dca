"""What counts as news."""

from __future__ import annotations

from movie_director.core.changes import Change, ChangeLog, Kind, change_text
from movie_director.core.model import Health, State
from movie_director.core.snapshot import ServiceStatus

from tests.samples import HERE, NOW, STREAM_REFUSED, snapshot, status

NOT_RUNNING = "ComfyUI is not running at 127.0.0.1:8188"


def told(*history: ServiceStatus) -> list[tuple[Kind, float, str]]:
    """The news from a sequence of snapshots with one service."""
    log = ChangeLog()
    news = [change for each in history for change in log.update(snapshot(each), NOW)]
    return [(change.kind, change.at, change_text(change)) for change in news]


def up(since: float, **changes: object) -> ServiceStatus:
    return status(State.CONNECTED, since=since, **changes)


def down(state: State, since: float, **changes: object) -> ServiceStatus:
    return status(state, since=since, endpoint=HERE, **changes)


def test_a_service_that_is_found() -> None:
    history = (status(State.CONNECTING), up(991.0), up(991.0, latency=0.5))
    assert told(*history) == [(Kind.CONNECTED, 991.0, "connected: version 0.33.0 at http://127.0.0.1:8188")]


def test_an_outage_is_told_at_its_beginning_and_its_end() -> None:
    history = (
        up(900.0),
        down(State.RECONNECTING, 950.0),
        down(State.RECONNECTING, 950.0, attempting=True),
        down(State.CONNECTING, 952.0),
        down(State.RECONNECTING, 952.1, attempt=2),
        up(952.1 + 0.0),
    )
    assert told(*history)[1:] == [
        (Kind.LOST, 950.0, f"connection lost: {NOT_RUNNING}"),
        (Kind.BACK, 952.1, "back after 2.1 s"),
    ]


def test_a_long_outage_is_also_told_when_the_pauses_begin() -> None:
    history = (
        up(900.0),
        down(State.RECONNECTING, 950.0),
        down(State.SUSPENDED, 965.0, attempt=5),
        down(State.SUSPENDED, 965.0, attempt=6, attempting=True),
        down(State.CONNECTING, 970.0),
        down(State.SUSPENDED, 971.0, attempt=7),
        up(1070.0),
    )
    assert told(*history)[1:] == [
        (Kind.LOST, 950.0, f"connection lost: {NOT_RUNNING}"),
        (Kind.PAUSED, 965.0, "paused after 5 failed tries; it is still looked for"),
        (Kind.BACK, 1070.0, "back after 2 min"),
    ]


def test_a_service_that_is_missing_from_the_start() -> None:
    history = (
        status(State.CONNECTING),
        down(State.DISCONNECTED, 991.0, attempting=False),
        down(State.DISCONNECTED, 991.0, attempt=2),
        down(State.SUSPENDED, 1006.0, attempt=5),
        up(1010.0),
    )
    assert [kind for kind, _, _ in told(*history)] == [Kind.MISSING, Kind.PAUSED, Kind.CONNECTED]


def test_an_outage_between_two_looks_is_noticed() -> None:
    assert told(up(900.0), up(950.0))[1:] == [(Kind.BACK, 950.0, "back")]


def test_what_needs_the_user_ends_an_outage_too() -> None:
    history = (up(900.0), down(State.FAILED, 920.0), down(State.CONNECTING, 929.0), up(930.0))
    assert told(*history)[1:] == [
        (Kind.NEEDS_USER, 920.0, f"needs you: {NOT_RUNNING}"),
        (Kind.BACK, 930.0, "back after 10 s"),
    ]


LIMITED = up(900.0, health=Health.DEGRADED, problem=STREAM_REFUSED)
BUSY = up(900.0, health=Health.BUSY)


def told_over_time(*history: tuple[float, ServiceStatus]) -> list[tuple[Kind, float]]:
    """The news from snapshots with the time at which each is looked at."""
    log = ChangeLog()
    return [(change.kind, change.at) for now, each in history for change in log.update(snapshot(each), now)]


def test_health_is_told_once_it_has_lasted() -> None:
    history = [(900.0, up(900.0)), (910.0, BUSY), (910.5, BUSY), (911.0, BUSY), (920.0, BUSY)]
    history += [(930.0, LIMITED), (931.0, LIMITED)]
    history += [(940.0, up(900.0)), (941.0, up(900.0)), (942.0, up(900.0))]
    assert told_over_time(*history)[1:] == [(Kind.BUSY, 910.0), (Kind.DEGRADED, 930.0), (Kind.READY, 940.0)]


def test_a_flicker_of_health_is_no_news() -> None:
    history = [(900.0, up(900.0)), (910.0, LIMITED), (910.9, up(900.0)), (912.0, up(900.0)), (913.0, LIMITED)]
    assert told_over_time(*history, (913.1, down(State.RECONNECTING, 913.1)))[1:] == [(Kind.LOST, 913.1)]


def test_a_service_that_comes_back_limited_is_told_so_once() -> None:
    history = [(900.0, LIMITED), (901.0, LIMITED), (902.0, LIMITED), (910.0, down(State.RECONNECTING, 910.0))]
    back = up(912.0, health=Health.DEGRADED, problem=STREAM_REFUSED)
    assert told_over_time(*history, (912.0, back), (913.0, back), (914.0, back)) == [
        (Kind.CONNECTED, 900.0),
        (Kind.DEGRADED, 900.0),
        (Kind.LOST, 910.0),
        (Kind.BACK, 912.0),
        (Kind.DEGRADED, 912.0),
    ]


def test_the_reason_of_a_limit_is_told() -> None:
    assert change_text(Change(Kind.DEGRADED, NOW, LIMITED)) == (
        "limited: ComfyUI works, but refuses live updates; it is asked every few seconds instead"
    )


def test_switching_off_and_on() -> None:
    off, on = status(State.DISABLED, since=910.0), status(State.CONNECTING, since=920.0)
    history = (up(900.0), off, on, up(921.0))
    assert [words for _, _, words in told(*history)] == [
        "connected: version 0.33.0 at http://127.0.0.1:8188",
        "switched off",
        "switched on",
        "connected: version 0.33.0 at http://127.0.0.1:8188",
    ]
    assert told(status(State.DISABLED)) == []


def test_news_of_several_services_come_in_the_order_of_time() -> None:
    log = ChangeLog()
    log.update(snapshot(up(900.0), up(900.0, service="rvc", label="RVC")), NOW)
    news = log.update(
        snapshot(
            down(State.RECONNECTING, 960.0),
            down(State.RECONNECTING, 950.0, service="rvc", label="RVC"),
        ),
        NOW,
    )
    assert [(change.status.service, change.at) for change in news] == [("rvc", 950.0), ("comfyui", 960.0)]
