"""`movie-director discover` and `movie-director test`: what is found, and the layer that fails."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli_kit import NEEDS_PTY, run, url_of
from tests.ports import FreePort
from tests.screen import Screen
from tests.servers.comfyui import ComfyServer
from tests.servers.plain import RawServer, read_head

pytestmark = pytest.mark.usefixtures("only_comfyui")


# --- discover -----------------------------------------------------------------------------------------------


def test_discover_lists_what_answers_at_configured_addresses_too(comfy: ComfyServer) -> None:
    code, output, errors = run("discover", "--url", url_of(comfy))
    assert (code, errors) == (0, "")
    assert re.search(rf"^● ComfyUI 0\.33\.0  +{comfy.url}  [\d.]+ m?s$", output, re.MULTILINE)
    assert re.search(r"^\d+ addresses tried in [\d.]+ m?s\.$", output, re.MULTILINE)


def test_a_deep_discover_finds_what_nobody_configured(comfy: ComfyServer) -> None:
    _, output, errors = run("discover", "--deep", "--json")
    assert errors == ""
    found = json.loads(output)["found"]
    assert comfy.port in [each["endpoint"]["port"] for each in found if each["service"] == "comfyui"]


def test_discover_names_other_programs() -> None:
    def greet(sock: Any) -> None:
        while read_head(sock):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 31\r\n\r\n<title>Paint \x1b[2J Works 3</title>")

    with RawServer(greet) as server:
        _, output, _ = run("discover", "--json", "--url", url_of(server))
        others = json.loads(output)["other_programs"]
        assert [each["service"] for each in others if each["endpoint"]["port"] == server.port] == [None]
        _, output, _ = run("discover", "--url", url_of(server))
        assert "\x1b" not in output
        assert re.search(rf"^◌ .* {server.url} .* none of ours$", output, re.MULTILINE)


# --- test ---------------------------------------------------------------------------------------------------


def test_test_goes_through_all_layers(comfy: ComfyServer) -> None:
    code, output, errors = run("test", "comfyui", "--url", url_of(comfy))
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0] == f"ComfyUI  {comfy.url}"
    assert [line[2:19] for line in lines[1:7]] == [
        "● Computer found ",
        "● Program listens",
        "● Program answers",
        "● Right program  ",
        "◌ Access granted ",
        "● Ready to work  ",
    ]
    assert lines[7].startswith("● Passed in ")
    assert len(lines) == 8


@pytest.mark.parametrize("prefix", ["http://", ""])
def test_test_recognises_what_answers_at_a_url(comfy: ComfyServer, prefix: str) -> None:
    code, output, errors = run("test", "--json", f"{prefix}127.0.0.1:{comfy.port}")
    assert (code, errors) == (0, "")
    document = json.loads(output)
    [test] = document["tests"]
    assert (document["schema"], document["ok"]) == ("movie-director/diagnosis/1", True)
    assert (test["service"], test["passed"], test["finished"]) == ("comfyui", True, True)
    assert [layer["layer"] for layer in test["layers"]] == [
        "name", "port", "http", "program", "credentials", "ready"
    ]  # fmt: skip


def test_test_stops_at_the_layer_that_fails_and_suggests_one_thing(free_port: FreePort) -> None:
    code, output, _ = run("test", f"http://127.0.0.1:{(port := free_port())}")
    assert code == 1
    layers, rest = output.splitlines()[2:7], output.splitlines()[7:]
    words = ("failed", *["not tried"] * 4)
    assert len({line.index(word) for line, word in zip(layers, words, strict=True)}) == 1, (
        "one below the other"
    )
    # The column is as wide as the time that it shows.
    assert [re.sub(r"(?<=\w) {2,}", "  ", re.sub(r"[\d.]+ m?s", "N ms", line)) for line in layers] == [
        "  ✖ Program listens  N ms  failed",
        "  ◌ Program answers  not tried",
        "  ◌ Right program  not tried",
        "  ◌ Access granted  not tried",
        "  ◌ Ready to work  not tried",
    ]
    assert rest == [
        f"✖ No program is running at 127.0.0.1:{port}.",
        "  Start the program that should answer there, then test again.",
    ]


def test_test_without_an_argument_tests_all(comfy: ComfyServer) -> None:
    code, output, _ = run("test", "--json", "--url", url_of(comfy))
    assert code == 0
    assert [each["target"] for each in json.loads(output)["tests"]] == ["comfyui"]


@pytest.mark.slow
@NEEDS_PTY
def test_test_prints_its_lines_as_they_come() -> None:
    def mute(sock: Any) -> None:
        read_head(sock)
        sock.recv(1)

    with RawServer(mute) as server, Screen(80, 20, "test", server.url) as screen:
        early = screen.until(r"Program listens")
        assert "Program answers" not in early
        assert "has not answered within 2 s." in screen.rest()
        assert screen.process.returncode == 1


# --- nothing to do ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["test", "discover"])
def test_everything_switched_off_is_said(command: str) -> None:
    code, output, errors = run(command, MOVIE_DIRECTOR_COMFYUI_ENABLED="no")
    assert (code, output.strip(), errors) == (0, "Nothing is switched on.", "")
