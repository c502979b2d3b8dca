# SPDX-License-Identifier: GPL-3.0-or-later
"""The ComfyUI backend against a real server of both recorded generations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends import comfyui
from movie_director.backends.base import Surroundings
from movie_director.backends.comfyui.client import ComfyClient
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import (
    ConnectionLost,
    NoAnswer,
    ProblemCode,
    Rejected,
    Unreachable,
    WrongProgram,
)
from movie_director.core.facts import Device, Queue
from movie_director.core.settings import Policy
from movie_director.transport.sockets import SocketFactory

from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.comfyui_backend import Clients, answering, caught, open_stream, read_all_facts
from tests.servers.plain import RawServer
from tests.stopwatch import Stopwatch

Connect = Callable[..., ComfyClient]
GPU = {
    "name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync",
    "type": "cuda",
    "index": 0,
    "vram_total": 25_757_220_864,
    "vram_free": 23_000_000_000,
    "torch_vram_total": 0,
    "torch_vram_free": 0,
}


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[ComfyServer]:
    with ComfyServer(request.param) as running:
        yield running


@pytest.fixture
def connect() -> Iterator[Connect]:
    with Clients() as clients:
        yield clients.connect


@pytest.fixture
def client(server: ComfyServer, connect: Connect) -> ComfyClient:
    return connect(server.url)


def test_importing_the_backend_loads_no_third_party_package() -> None:
    code = """if True:
        import sys
        import movie_director.backends
        assert "comfyui" in [backend.name for backend in movie_director.backends.backends()]
        third_party = {"vendor", "requests", "urllib3"}
        found = [name for name in sys.modules if third_party & set(name.split("."))]
        sys.exit(repr(found) if found else 0)
    """
    addon = Path(comfyui.__file__).parents[3]
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=addon, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr.decode()


# --- open and check -----------------------------------------------------------------------------------------


def test_open_reads_what_the_server_says(server: ComfyServer, client: ComfyClient) -> None:
    server.facts.devices = [GPU, {**GPU, "name": "cpu", "type": "cpu", "vram_free": None}]
    server.facts.queue_length = 3
    info = client.open()
    assert info.program == "ComfyUI"
    assert info.version == server.facts.version
    assert info.devices == (
        Device("NVIDIA GeForce RTX 4090", "cuda", 25_757_220_864, 23_000_000_000),
        Device("CPU", "cpu", 25_757_220_864, None),
    )
    assert info.queue == Queue(3)
    assert info.working
    assert "supports_preview_metadata" in info.features
    assert ("node_replacements" in info.features) == (server.facts.version == "0.33.0")
    assert (info.models, info.complete) == ((), False)


def test_open_and_checks_use_one_connection(server: ComfyServer, client: ComfyClient) -> None:
    client.open()
    for _ in range(20):
        client.check()
    assert server.requests["/system_stats"] == 21
    assert server.requests["/prompt"] == 21
    assert server.requests["/features"] == 1
    assert server.counts.accepted == 1


def test_a_check_sees_memory_queue_and_a_new_version(server: ComfyServer, client: ComfyClient) -> None:
    before = client.open()
    server.facts.devices = [{**GPU, "vram_free": 5}]
    server.facts.queue_length = 7
    server.facts.version = "0.34.0"
    after = client.check()
    assert (after.version, after.queue, after.devices[0].memory_free) == ("0.34.0", Queue(7), 5)
    assert after.features == before.features


def test_a_path_before_the_addresses_is_kept(server: ComfyServer, connect: Connect) -> None:
    through_api = connect(f"{server.url}/api")
    assert through_api.open().version == server.facts.version
    open_stream(server, through_api)


@pytest.mark.parametrize("path", ["/features", "/prompt"])
@pytest.mark.parametrize("kind", ["not_json", "html_502", "oversized", "redirect", "not_utf8"])
def test_what_only_adds_to_the_picture_may_be_broken(
    server: ComfyServer, client: ComfyClient, path: str, kind: Any
) -> None:
    server.faults.answers[path] = kind
    info = client.open()
    assert info.version == server.facts.version
    assert (info.features == ()) == (path == "/features")
    assert (info.queue is None) == (path == "/prompt")
    assert client.check().version == server.facts.version


@pytest.mark.parametrize(
    ("head", "page", "found"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
            b"<title>Stable \x1b[31mDiffusion</title>",
            "Stable",
        ),
        (b"HTTP/1.1 404 No\r\nServer: SimpleHTTP/0.6\r\n", b"<h1>no</h1>", "SimpleHTTP"),
        (b"HTTP/1.1 404 No\r\n", b"", ""),
        (b"HTTP/1.1 200 OK\r\n", b"<title>" + b"x" * 100_000 + b"</title>", ""),
        (b"HTTP/1.1 302 Found\r\nLocation: /login\r\nServer: TornadoServer/6\r\n", b"", None),
    ],
)
def test_another_program_is_named_as_far_as_it_tells(
    connect: Connect, head: bytes, page: bytes, found: str | None
) -> None:
    with RawServer(answering(head, page)) as stranger:
        stranger_client = connect(stranger.url)
        error = caught(stranger_client.open)
        stranger_client.close()
    if found is None:
        assert error.problem.code is ProblemCode.REDIRECTED
        return
    assert isinstance(error, WrongProgram)
    said = error.problem.parameter("found")
    assert isinstance(said, str)
    assert said.startswith(found)
    assert said.isprintable()
    assert len(said) <= 200
    assert error.problem.parameter("program") == "ComfyUI"


def test_a_program_that_takes_the_port_is_noticed_by_the_check(
    server: ComfyServer, client: ComfyClient
) -> None:
    client.open()
    port = server.port
    server.kill()
    page = answering(b"HTTP/1.1 200 OK\r\n", b"<title>Intruder</title>")
    with RawServer(page, port=port):
        error = caught(client.check)
        client.drop()
    assert isinstance(error, WrongProgram)
    assert error.problem.parameter("found") == "Intruder"


def test_a_comfyui_that_answers_nonsense_is_no_other_program(
    server: ComfyServer, client: ComfyClient
) -> None:
    server.faults.bodies["/system_stats"] = {"system": None}
    assert caught(client.open).problem.code is ProblemCode.MALFORMED


def test_a_mute_server_ends_open_and_check_in_time(server: ComfyServer, connect: Connect) -> None:
    client = connect(server.url, Policy(check_timeout=1.0))
    client.open()
    server.faults.mute = True
    for call in (client.check, client.open):
        with Stopwatch() as watch:
            assert isinstance(caught(call), NoAnswer)
        assert watch.seconds < 1.5


def test_a_check_has_one_time_limit_for_all_its_requests(server: ComfyServer, connect: Connect) -> None:
    client = connect(server.url, Policy(check_timeout=1.0))
    client.open()
    server.faults.delay = 0.7
    with Stopwatch() as watch:
        assert isinstance(caught(client.check), NoAnswer)
    assert watch.seconds < 1.4


def test_a_killed_server_is_refused_and_comes_back(server: ComfyServer, client: ComfyClient) -> None:
    client.open()
    server.kill()
    assert isinstance(caught(client.check), (Unreachable, ConnectionLost))
    assert caught(client.check).problem.code is ProblemCode.REFUSED
    server.start()
    assert client.check().version == server.facts.version


def test_a_password_before_the_server(server: ComfyServer, connect: Connect) -> None:
    server.faults.basic_auth = "artist:geheim"
    assert isinstance(caught(connect(server.url).open), Rejected)
    wrong = connect(server.url, credentials=Credentials("artist", "falsch"))
    error = caught(wrong.open)
    assert error.problem.code is ProblemCode.KEY_REJECTED
    assert "falsch" not in repr(error.problem)
    right = connect(server.url, credentials=Credentials("artist", "geheim"))
    assert right.open().version == server.facts.version
    open_stream(server, right)


def test_drop_closes_all_sockets_and_leaves_the_client_usable(server: ComfyServer) -> None:
    sockets = SocketFactory("test")
    client = ComfyClient(Surroundings(parse_endpoint(server.url), sockets, Policy()))
    client.open()
    client.open_stream()
    assert sockets.open_count == 2
    client.drop()
    assert sockets.open_count == 0
    client.keep_stream_alive()
    assert client.check().version == server.facts.version
    client.open_stream()
    client.close()
    client.close()
    assert sockets.open_count == 0
    sockets.close()


# --- models -------------------------------------------------------------------------------------------------


def test_models_are_read_with_one_request_per_call(server: ComfyServer, client: ComfyClient) -> None:
    server.facts.models = {"checkpoints": ["a.safetensors", "sub/b.ckpt"], "loras": [], "größe ?": ["c"]}
    client.open()
    before = sum(server.requests.values())
    infos = read_all_facts(client)
    assert sum(server.requests.values()) == before + len(infos) == before + 4
    assert [info.complete for info in infos] == [False, False, False, True]
    assert infos[0].models == ()
    assert infos[-1].models == (
        ("checkpoints", ("a.safetensors", "sub/b.ckpt")),
        ("loras", ()),
        ("größe ?", ("c",)),
    )
    assert client.read_facts() is None
    assert client.check().models == infos[-1].models


def test_folders_without_models_are_never_asked_for(server: ComfyServer, client: ComfyClient) -> None:
    client.open()
    read_all_facts(client)
    assert server.requests["/models/checkpoints"] == 1
    assert not {"/models/custom_nodes", "/models/datasets", "/models/configs"} & set(server.requests)


def test_models_read_again_replace_those_before_only_when_they_come(
    server: ComfyServer, client: ComfyClient
) -> None:
    server.facts.models = {"checkpoints": ["old"], "loras": ["old"], "vae": ["old"]}
    client.open()
    read_all_facts(client)
    server.facts.models = {"loras": ["new"], "checkpoints": ["new"]}
    client.restart_facts()
    assert not client.check().complete
    assert [info.models for info in read_all_facts(client)] == [
        (("loras", ("old",)), ("checkpoints", ("old",))),
        (("loras", ("new",)), ("checkpoints", ("old",))),
        (("loras", ("new",)), ("checkpoints", ("new",))),
    ]


@pytest.mark.parametrize("kind", ["not_json", "html_502", "oversized"])
def test_a_folder_that_fails_is_left_out(server: ComfyServer, client: ComfyClient, kind: Any) -> None:
    server.facts.models = {"checkpoints": ["a"], "loras": ["b"], "vae": ["c"]}
    server.faults.answers["/models/loras"] = kind
    client.open()
    last = read_all_facts(client)[-1]
    assert last.complete
    assert last.models == (("checkpoints", ("a",)), ("vae", ("c",)))


def test_a_server_without_lists_of_models(server: ComfyServer, client: ComfyClient) -> None:
    server.faults.answers["/models"] = "not_json"
    client.open()
    assert [(info.models, info.complete) for info in read_all_facts(client)] == [((), True)]


def test_a_folder_that_is_late_is_asked_for_once_more_after_the_others(
    server: ComfyServer, connect: Connect
) -> None:
    client = connect(server.url, Policy(check_timeout=1.0))
    server.facts.models = {"checkpoints": ["a"], "loras": ["b"]}
    client.open()
    client.read_facts()
    server.faults.delay = 60.0
    assert client.read_facts() is not None
    server.faults.delay = 0.0
    infos = read_all_facts(client)
    assert [info.complete for info in infos] == [False, True]
    assert infos[-1].models == (("checkpoints", ("a",)), ("loras", ("b",)))
    assert server.requests["/models/checkpoints"] == 2


def test_a_folder_that_is_late_twice_is_left_out(server: ComfyServer, connect: Connect) -> None:
    client = connect(server.url, Policy(check_timeout=1.0))
    server.facts.models = {"checkpoints": ["a"]}
    client.open()
    client.read_facts()
    server.faults.delay = 60.0
    assert [info.complete for info in read_all_facts(client)] == [False, True]


def test_a_lost_connection_while_reading_models_is_an_error(server: ComfyServer, client: ComfyClient) -> None:
    client.open()
    server.kill()
    assert isinstance(caught(client.read_facts), (Unreachable, ConnectionLost))
    server.start()
    assert client.read_facts() is not None
