# SPDX-License-Identifier: GPL-3.0-or-later
"""The Wan2GP backend against both of its real servers, and watched through what happens to them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from movie_director.backends import wan2gp
from movie_director.backends.base import Client, Surroundings
from movie_director.core.endpoint import Credentials, Endpoint, parse_endpoint
from movie_director.core.errors import NoAnswer, ProblemCode, Rejected, WrongProgram
from movie_director.core.facts import Access, ServiceInfo
from movie_director.core.model import State
from movie_director.core.settings import Policy
from movie_director.transport.http import HttpClient
from movie_director.transport.sockets import SocketFactory

from tests.conftest import LONG_TIMEOUT, eventually
from tests.ports import FreePort
from tests.servers.gradio_backend import NOTHING_WAITS
from tests.servers.process import ServerProcess
from tests.servers.tcp_proxy import TcpProxy
from tests.servers.wan2gp.processes import mcp_process, web_ui_process
from tests.watching import BRISK, Watching

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.timeout(300)]

PATIENT = replace(BRISK, check_timeout=3.0)
"""Two cores that also run the server need longer for 7 MB than a user's computer does."""
FACTS_LIMIT = 3.0


@pytest.fixture(scope="module")
def web_ui() -> Iterator[ServerProcess]:
    with web_ui_process() as process:
        yield process


@pytest.fixture(scope="module")
def guarded() -> Iterator[ServerProcess]:
    with web_ui_process("--auth", "film:s3cret") as process:
        yield process


@pytest.fixture(scope="module")
def mcp_mode() -> Iterator[ServerProcess]:
    with mcp_process("--on-disk", "t2v", "ltxv_13B") as process:
        yield process


@contextlib.contextmanager
def client_of(
    url: str, credentials: Credentials | None = None, limit: float = LONG_TIMEOUT
) -> Iterator[Client]:
    """A client whose checks may take `limit` seconds."""
    sockets = SocketFactory("test")
    policy = Policy(check_timeout=limit)
    client = wan2gp.BACKEND.connect(Surroundings(parse_endpoint(url), sockets, policy, credentials))
    try:
        yield client
    finally:
        client.close()
        left = sockets.open_count
        sockets.close()
    assert left == 0, "close() left a socket open"


def identify(url: str) -> tuple[ServiceInfo | None, bool, int]:
    """What `identify` says, whether `suspects` was true, and how many requests it took in all."""
    sockets = SocketFactory("test")
    http = HttpClient(parse_endpoint(url), sockets, connect_timeout=LONG_TIMEOUT, read_timeout=LONG_TIMEOUT)
    try:
        page = http.get("/", limit=8192, prefix_only=True)
        suspected = wan2gp.BACKEND.suspects(page)
        return wan2gp.identify(http, page), suspected, http.requests_sent
    finally:
        http.close()
        sockets.close()


def read_all_facts(client: Client) -> list[ServiceInfo]:
    return list(iter(client.read_facts, None))


def lead(proxy: TcpProxy, server: ServerProcess) -> None:
    """Let the proxy lead to `server` from now on; its port stays open, and old connections end."""
    proxy.target = ("127.0.0.1", server.port)
    proxy.mode = "reset"
    eventually(lambda: proxy.open_connections() == 0)
    proxy.mode = "pass"


# --- recognising -----------------------------------------------------------------------------------


def test_the_web_ui_is_identified_by_its_page_alone(web_ui: ServerProcess) -> None:
    info, suspected, requests = identify(web_ui.url)
    assert info == ServiceInfo("Wan2GP", version="12.60", features=("web-ui",))
    assert (suspected, requests) == (True, 1)


def test_mcp_mode_is_identified_by_its_name(mcp_mode: ServerProcess) -> None:
    info, suspected, requests = identify(mcp_mode.url)
    assert info == ServiceInfo("Wan2GP", features=("mcp",))
    # Page, /mcp which points to /mcp/, that, and one POST.
    assert (suspected, requests) == (True, 4)


@pytest.mark.parametrize("options", [(), ("--sessions",)], ids=["stateless", "sessions"])
def test_the_mcp_server_of_another_program_is_not_taken_for_it(options: tuple[str, ...]) -> None:
    with mcp_process("--name", "Blender Helper", *options) as server:
        info, suspected, _ = identify(server.url)
        assert (info, suspected) == (None, True)
        with client_of(server.url) as client:
            with pytest.raises(WrongProgram) as caught:
                client.open()
            found = "an MCP server" if options else "the MCP server Blender Helper"
            assert caught.value.problem.parameter("found") == found


def test_a_log_in_hides_which_program_it_is(guarded: ServerProcess) -> None:
    with pytest.raises(Rejected) as caught:
        identify(guarded.url)
    assert caught.value.problem.code is ProblemCode.KEY_MISSING


# --- open, check, facts ----------------------------------------------------------------------------


def test_the_web_ui_tells_everything(web_ui: ServerProcess) -> None:
    with client_of(web_ui.url) as client:
        info = client.open()
        assert (info.program, info.queue, info.access) == ("Wan2GP", NOTHING_WAITS, Access.OPEN)
        assert not info.complete
        (info,) = read_all_facts(client)
        assert (info.version, info.complete) == ("12.60", True)
        assert "t2v" in dict(info.models)["Wan2.1"]
        assert info.capabilities[0].operation == "load_queue_action"
        assert client.check() == info
        assert client.open_stream() is None


def test_mcp_mode_tells_its_models_and_which_are_there(mcp_mode: ServerProcess) -> None:
    with client_of(mcp_mode.url) as client:
        info = client.open()
        assert (info.program, info.version, info.queue, info.complete) == ("Wan2GP", "", None, False)
        infos = read_all_facts(client)
        # The tools, and three pages of models.
        assert [each.complete for each in infos] == [False, False, False, True]
        models = dict(infos[-1].models)
        assert models["available"] == ("t2v", "ltxv_13B")
        assert len(models["missing"]) == 141
        assert infos[-1].capabilities[0].operation == "wangp_generate"
        assert client.check() == infos[-1]
        assert client.open_stream() is None


@pytest.mark.parametrize("way", ["web_ui", "mcp_mode"])
def test_all_facts_are_read_in_time(request: pytest.FixtureRequest, way: str) -> None:
    """In one of three tries: the server is another program, which the computer may let wait."""
    url = request.getfixturevalue(way).url
    assert any(seconds_to_read_all(url) < FACTS_LIMIT for _ in range(3))


def seconds_to_read_all(url: str) -> float:
    with client_of(url) as client:
        started = time.monotonic()
        client.open()
        assert read_all_facts(client)[-1].complete
        return time.monotonic() - started


@pytest.mark.parametrize("way", ["web_ui", "mcp_mode"])
def test_a_client_stays_usable_after_its_sockets_were_dropped(
    request: pytest.FixtureRequest, way: str
) -> None:
    with client_of(request.getfixturevalue(way).url) as client:
        client.open()
        (*_, info) = read_all_facts(client)
        client.drop()
        assert client.check() == info
        client.restart_facts()
        read_all_facts(client)
        assert client.check() == info


def test_a_page_that_is_late_is_waited_for(web_ui: ServerProcess) -> None:
    """It takes seconds on a computer with much else to do; a check, which asks for 31 bytes, does not."""
    with TcpProxy(("127.0.0.1", web_ui.port), delay=0.6) as proxy, client_of(proxy.url, limit=0.5) as client:
        proxy.mode = "delay"
        assert client.open().queue == NOTHING_WAITS
        with pytest.raises(NoAnswer):
            client.check()


# --- the log-in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credentials", "code"),
    [(None, ProblemCode.KEY_MISSING), (Credentials("film", "wrong"), ProblemCode.KEY_REJECTED)],
)
def test_a_missing_and_a_wrong_log_in_are_told_apart(
    guarded: ServerProcess, credentials: Credentials | None, code: ProblemCode
) -> None:
    with client_of(guarded.url, credentials) as client:
        with pytest.raises(Rejected) as caught:
            client.open()
        assert caught.value.problem.code is code
        assert "wrong" not in str(caught.value)


def test_the_right_log_in_is_accepted(guarded: ServerProcess) -> None:
    with client_of(guarded.url, Credentials("film", "s3cret")) as client:
        info = client.open()
        assert (info.access, info.queue) == (Access.ACCEPTED, NOTHING_WAITS)
        (info,) = read_all_facts(client)
        assert (info.version, info.access) == ("12.60", Access.ACCEPTED)


# --- watched ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["web_ui", "mcp_mode"])
def test_a_configured_server_is_connected_and_read(request: pytest.FixtureRequest, way: str) -> None:
    server = request.getfixturevalue(way)
    with Watching(server.url, PATIENT, service="wan2gp") as watching:
        row = watching.until_connected()
        assert row.endpoint == Endpoint("http", "127.0.0.1", server.port)
        assert row.problem is None
        assert row.info is not None
        assert row.info.models


def test_both_are_found_and_the_first_port_is_taken(web_ui: ServerProcess, mcp_mode: ServerProcess) -> None:
    backend = replace(wan2gp.BACKEND, default_ports=(web_ui.port, mcp_mode.port))
    with Watching(policy=PATIENT, service="wan2gp", backends=[backend]) as watching:
        row = watching.until_connected()
        assert row.endpoint == Endpoint("http", "127.0.0.1", web_ui.port)
        assert [other.endpoint.port for other in row.others] == [mcp_mode.port]


def test_a_log_in_that_is_missing_needs_the_user(guarded: ServerProcess) -> None:
    with Watching(guarded.url, PATIENT, service="wan2gp") as watching:
        row = watching.until_state(State.FAILED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.KEY_MISSING
        watching.change(url=guarded.url.replace("//", "//film:s3cret@"))
        row = watching.until_connected()
        assert row.info is not None
        assert row.info.access is Access.ACCEPTED
        assert "s3cret" not in repr(row)


@pytest.mark.faults
def test_the_web_ui_is_watched_through_another_run_a_kill_and_a_freeze(web_ui: ServerProcess) -> None:
    with (
        web_ui_process("--version", "12.61") as newer,
        TcpProxy(("127.0.0.1", web_ui.port)) as proxy,
        Watching(proxy.url, PATIENT, service="wan2gp") as watching,
    ):
        before = watching.until_connected()
        assert before.info is not None
        assert before.info.version == "12.60"
        # A new run behind a port that never closes: known by its number, and read anew.
        lead(proxy, newer)
        row = watching.until(lambda row: row.info is not None and row.info.version == "12.61")
        assert (row.state, row.since) == (State.CONNECTED, before.since)
        watching.until_connected()

        url, port = newer.url, newer.port
        watching.change(url=url)
        watching.until(lambda row: row.endpoint == Endpoint("http", "127.0.0.1", port))
        watching.until_connected()
        newer.freeze()
        watching.until(lambda row: row.state is not State.CONNECTED)
        newer.thaw()
        watching.until_connected()
        newer.kill()
        watching.until(lambda row: row.state is not State.CONNECTED)
    with (
        web_ui_process(port=port) as restarted,
        Watching(restarted.url, PATIENT, service="wan2gp") as watching,
    ):
        assert watching.until_connected().info == before.info


@pytest.mark.faults
def test_mcp_mode_is_watched_through_kill_restart_and_freeze(free_port: FreePort) -> None:
    port = free_port()
    with mcp_process(port=port) as server, Watching(server.url, PATIENT, service="wan2gp") as watching:
        first = watching.until_connected()
        for _ in range(2):
            server.kill()
            watching.until(lambda row: row.state is not State.CONNECTED)
            server.start()
            assert watching.until_connected().info == first.info
        server.freeze()
        row = watching.until(lambda row: row.state is not State.CONNECTED)
        assert row.problem is not None
        assert row.problem.code is ProblemCode.NO_ANSWER
        server.thaw()
        watching.until_connected()


@pytest.mark.faults
def test_a_port_that_changes_from_mcp_mode_to_web_ui_is_followed(web_ui: ServerProcess) -> None:
    with (
        mcp_process() as mcp,
        TcpProxy(("127.0.0.1", mcp.port)) as proxy,
        client_of(proxy.url) as client,
    ):
        assert client.open().features == ("mcp",)
        lead(proxy, web_ui)
        assert client.check().queue == NOTHING_WAITS
        (*_, info) = read_all_facts(client)
        assert info.features == ("web-ui",)
        lead(proxy, mcp)
        assert client.check().features == ("mcp",)
