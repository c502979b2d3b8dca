"""The ComfyUI-protocol server sends what the recorded releases sent, in their order, with their traps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import eventually
from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.comfyui.engine import now
from tests.servers.comfyui.generation import recorded
from tests.servers.comfyui_client import (
    FLAGS,
    STEP_KINDS,
    assert_as_recorded,
    change,
    connect,
    empty_image,
    finished,
    kind_of,
    kinds,
    lab_sleep,
    plain,
    post,
)
from tests.servers.http_client import Answer, exchange
from tests.servers.shapes import differences


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(version: str) -> Iterator[ComfyServer]:
    with ComfyServer(version) as running:
        yield running


# --- jobs ---------------------------------------------------------------------------------------------------


def recorded_messages(version: str, scenario: str, client: str = "client") -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = recorded(version, "websocket")[scenario][client]
    return messages


def test_normal_job_with_a_bystander(server: ComfyServer, version: str) -> None:
    with connect(server) as client, connect(server, "other", flags=False) as bystander:
        greeting = client.until_kind("feature_flags")
        bystander_greeting = bystander.until_kind("status")
        prompt_id = post(server, empty_image(), client_id="us").json()["prompt_id"]
        assert plain(greeting + client.until_done()) == plain(recorded_messages(version, "emptyimage"))
        heard = recorded_messages(version, "emptyimage", "bystander")
        assert plain(bystander_greeting + bystander.so_far()) == plain(heard)
    assert differences(recorded(version, "histories")["history_ok"], finished(server, prompt_id)) == []


@pytest.mark.parametrize(("flags", "scenario"), [(True, "lab_progress"), (False, "lab_noflags")])
def test_progress_and_previews(server: ComfyServer, version: str, flags: bool, scenario: str) -> None:
    with connect(server, flags=flags) as client:
        client.until_kind("feature_flags" if flags else "status")
        prompt_id = post(server, lab_sleep(1), client_id="us").json()["prompt_id"]
        assert plain(client.until_done()) == plain(recorded_messages(version, scenario))
    assert differences(recorded(version, "histories")["history_lab"], finished(server, prompt_id)) == []


def test_flags_count_only_as_first_message(server: ComfyServer) -> None:
    with connect(server, flags=False) as client:
        client.send("{not json")
        client.send(FLAGS)
        assert [kind_of(message) for message in client.so_far()] == ["status", "feature_flags"]
    with connect(server, flags=False) as client:
        client.send('{"type": "hello"}')
        client.send(FLAGS)
        assert [kind_of(message) for message in client.so_far()] == ["status"]


def test_job_without_client_id_is_heard_by_all(server: ComfyServer, version: str) -> None:
    with connect(server) as one, connect(server, "two", flags=False) as two:
        one.until_kind("feature_flags")
        two.until_kind("status")
        prompt_id = post(server, lab_sleep(3)).json()["prompt_id"]
        finished(server, prompt_id)
        for client, name in ((one, "w"), (two, "w2")):
            heard = client.until(is_idle)
            assert plain(heard) == plain(recorded_messages(version, "lab_noclientid", name))


def is_idle(message: dict[str, Any]) -> bool:
    """Whether a message says that the queue is empty."""
    return message.get("data") == {"status": {"exec_info": {"queue_remaining": 0}}}


def test_failing_job(server: ComfyServer, version: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        prompt_id = post(server, lab_sleep(4, fail_at=1), client_id="us").json()["prompt_id"]
        received = plain(client.until_done())
    expected = plain(recorded_messages(version, "execution_error"))
    for messages in (received, expected):
        failure = next(message for message in messages if message.get("type") == "execution_error")
        failure["data"]["current_inputs"]["seconds"] = [1.0]
    assert received == expected
    assert differences(recorded(version, "histories")["history_error"], finished(server, prompt_id)) == []


def test_interrupted_job(server: ComfyServer, version: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        prompt_id = post(server, lab_sleep(5, seconds=30.0, steps=1500), client_id="us").json()["prompt_id"]
        received = client.until_kind("progress")
        change(server, "/interrupt", prompt_id="somebody else's")
        received += client.until_kind("progress")
        running = exchange(server.url + "/queue").json()
        change(server, "/interrupt", prompt_id=prompt_id)
        received += client.until_done()
    assert kinds(received) == kinds(recorded_messages(version, "interrupted"))
    assert plain(received[-3:]) == plain(recorded_messages(version, "interrupted")[-3:])
    assert differences(recorded(version, "answers")["queue_running"]["body"], running) == []
    assert (
        differences(recorded(version, "histories")["history_interrupted"], finished(server, prompt_id)) == []
    )


def test_interrupt_without_id_stops_anybodys_job(server: ComfyServer) -> None:
    prompt_id = post(server, lab_sleep(5, seconds=30.0, steps=600)).json()["prompt_id"]
    eventually(lambda: exchange(server.url + "/queue").json()["queue_running"] != [], what="the job runs")
    assert exchange(server.url + "/interrupt", "POST").status == 200
    assert finished(server, prompt_id)["status"]["messages"][-1][0] == "execution_interrupted"


def test_identical_prompt_executes_nothing(server: ComfyServer, version: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        first = post(server, empty_image(), client_id="us").json()["prompt_id"]
        output = next(message for message in client.until_done() if message.get("type") == "executed")
        again = post(server, empty_image(), client_id="us").json()["prompt_id"]
        received = client.until_done()
    assert plain(received) == plain(recorded_messages(version, "cached_rerun"))
    repeated = next(message for message in received if message["type"] == "executed")
    assert repeated["data"]["output"] == output["data"]["output"]
    assert differences(recorded(version, "histories")["history_cached_rerun"], finished(server, again)) == []
    assert (server.executions[first], server.executions[again]) == (1, 0)


def test_prompt_id_is_not_deduplicated(server: ComfyServer, version: str) -> None:
    prompt_id = "0f7c8a60-a10d-4757-9b44-3efe8fd50aa5"
    with connect(server) as client:
        client.until_kind("feature_flags")
        post(server, lab_sleep(8, seconds=1.5), client_id="us", prompt_id=prompt_id)
        received = client.until_kind("executing")
        post(server, lab_sleep(9, seconds=1.5), client_id="us", prompt_id=prompt_id)
        received += client.until_done() + client.until_done()
    assert plain(received) == plain(recorded_messages(version, "duplicate_prompt_id_runs_twice"))
    assert server.executions[prompt_id] == 2
    assert server.counts.node_executions[prompt_id, "1"] == 2


def test_queue_operations(server: ComfyServer, version: str) -> None:
    answers = recorded(version, "answers")
    same = "09d735b4-e073-403d-9718-b24bbbd03b60"
    with connect(server) as client:
        client.until_kind("feature_flags")
        post(server, lab_sleep(6, seconds=6.0, steps=60), client_id="us")
        received = client.until_kind("executing")
        for _ in range(3):
            post(server, lab_sleep(7), client_id="us", prompt_id=same)
        queue = exchange(server.url + "/queue").json()
        assert differences(answers["queue_with_duplicates"]["body"], queue) == []
        change(server, "/queue", delete=[same])
        assert len(exchange(server.url + "/queue").json()["queue_pending"]) == 2
        post(server, lab_sleep(8), client_id="us", front=True)
        numbered = {"client_id": "us", "number": 5, "prompt_id": same}
        post(server, lab_sleep(8), **numbered)
        # The queue entry carries the time in milliseconds, which must differ as it did when recorded.
        record = answers["post_same_number_same_id"]
        assert_as_recorded(post_in_another_millisecond(server, lab_sleep(8), numbered), record)
        assert len(exchange(server.url + "/queue").json()["queue_pending"]) == 5
        change(server, "/queue", clear=True)
        change(server, "/interrupt")
        received += client.until_done()
    received = [message for message in received if kind_of(message) not in STEP_KINDS]
    expected = recorded_messages(version, "queue_ops")
    assert plain(received) == plain([message for message in expected if kind_of(message) not in STEP_KINDS])


def post_in_another_millisecond(server: ComfyServer, prompt: dict[str, Any], more: dict[str, Any]) -> Answer:
    before = [item[3].get("create_time") for item in exchange(server.url + "/queue").json()["queue_pending"]]
    eventually(lambda: now() not in before, what="the next millisecond")
    return post(server, prompt, **more)


# --- sessions -----------------------------------------------------------------------------------------------


def test_socket_without_client_id_gets_one(server: ComfyServer, version: str) -> None:
    with connect(server, None, flags=False) as client:
        received = client.so_far()
    assert plain(received) == plain(recorded_messages(version, "no_clientid"))
    assert re.fullmatch(r"[0-9a-f]{32}", received[0]["data"]["sid"])


def test_reconnect_while_the_old_socket_is_closed(server: ComfyServer, version: str) -> None:
    with connect(server) as client:
        client.until_kind("feature_flags")
        prompt_id = post(server, lab_sleep(200, seconds=3.0, steps=100), client_id="us").json()["prompt_id"]
        before = client.until_kind("progress")
    # The close is not enough: until the server has seen it, the session would be stolen, as tested below.
    eventually(lambda: server.open_connections() == 0, what="the server notices the close")
    with connect(server) as client:
        after = client.until_done()
    expected = recorded_messages(version, "reconnect_clean", "before")
    assert kinds(before) == kinds([message for message in expected if "closed" not in message])
    # Whether the reply to the flags or the next step comes first depends on the moment.
    flags = next(message for message in after if message.get("type") == "feature_flags")
    after.remove(flags)
    after.insert(2, flags)
    assert kinds(after) == kinds(recorded_messages(version, "reconnect_clean", "after"))
    assert plain(after[:3]) == plain(recorded_messages(version, "reconnect_clean", "after")[:3])
    with connect(server) as client:
        late = client.until_kind("feature_flags")
    assert plain(late) == plain(recorded_messages(version, "reconnect_after_finish"))
    assert finished(server, prompt_id)["status"]["completed"] is True


def test_stolen_session_goes_mute_when_the_old_socket_closes(server: ComfyServer, version: str) -> None:
    with connect(server) as old:
        old.until_kind("feature_flags")
        prompt_id = post(server, lab_sleep(201, seconds=30.0, steps=600), client_id="us").json()["prompt_id"]
        old.until_kind("progress")
        new = connect(server)
        received = new.until_kind("feature_flags")
        received += new.until_kind("progress")
    with new:
        assert plain(received[:2]) == plain(recorded_messages(version, "reconnect_overlap", "new")[:2])
        eventually(lambda: server.open_connections() == 1, what="the server notices the close")
        new.so_far()
        change(server, "/interrupt", prompt_id=prompt_id)
        finished(server, prompt_id)
        # It is open and answers pings, but hears neither the end of its job nor the status for everybody.
        assert new.so_far() == []
