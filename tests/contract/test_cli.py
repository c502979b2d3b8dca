"""scripts/movie-director as people and scripts run it: a process of its own against a real server."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends import backends

from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import VERSIONS, ComfyServer
from tests.servers.plain import RawServer, read_head
from tests.watching import free_port

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "movie-director"
NEEDS_PTY = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal, which is POSIX")
NEEDS_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and pipes")


def url_of(server: ComfyServer | RawServer) -> str:
    return f"comfyui={server.url}"


def begin(*arguments: str, script: Path = SCRIPT, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(script), *arguments],
        cwd="/",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def run(*arguments: str, script: Path = SCRIPT, **environment: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = begin(*arguments, script=script, **environment)
    try:
        output, errors = process.communicate(timeout=LONG_TIMEOUT)
        return process.returncode, output, errors
    finally:
        process.kill()
        process.communicate()


def without_switched_off(output: str) -> list[str]:
    """The lines of a table without those of services that are switched off."""
    return [line for line in output.splitlines() if not re.search("  Off$", line)]


@pytest.fixture(autouse=True)
def _only_comfyui(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the other services off: these tests are about the terminal, not about who is found."""
    for backend in backends():
        if backend.name != "comfyui":
            monkeypatch.setenv(f"MOVIE_DIRECTOR_{backend.name.upper()}_ENABLED", "no")


@pytest.fixture
def comfy() -> Iterator[ComfyServer]:
    with ComfyServer() as server:
        yield server


# --- status -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", VERSIONS)
def test_status_of_a_running_service(generation: str) -> None:
    with ComfyServer(generation) as server:
        code, output, errors = run("status", "--url", url_of(server))
    assert (code, errors) == (0, "")
    heading, row, _, light = without_switched_off(output)
    assert heading.split() == ["Service", "State", "Version", "Address", "Answer", "Device", "Queue"]
    version = re.escape(generation)
    assert re.fullmatch(
        rf"● ComfyUI +Connected +{version} +{server.url}  [\d.]+ m?s +CPU, .* GiB free +0", row, re.IGNORECASE
    )
    assert light == "● Everything is ready (1 of 1 ready)"


def test_status_as_json(comfy: ComfyServer) -> None:
    code, output, errors = run("status", "--json", "--url", url_of(comfy))
    assert (code, errors) == (0, "")
    document = json.loads(output)
    assert document["schema"] == "movie-director/status/1"
    assert (document["ok"], document["light"]) == (True, "green")
    [service] = [each for each in document["services"] if each["service"] == "comfyui"]
    assert service["state"] == "connected"
    assert service["endpoint"]["port"] == comfy.port
    assert service["source"] == "configured"
    assert service["info"]["version"] == "0.33.0"
    assert 0 < service["latency_seconds"] < 5


def test_status_of_a_missing_service_says_what_to_do_and_ends_with_1() -> None:
    port = free_port()
    started = time.monotonic()
    code, output, errors = run("status", "--url", f"comfyui=http://127.0.0.1:{port}")
    assert (code, errors) == (1, "")
    assert time.monotonic() - started < 5.0, "the first failure is enough to know"
    lines = without_switched_off(output)
    assert lines[3:] == [
        "✖ Something required is missing (0 of 1 ready)",
        "",
        f"✖ ComfyUI is not running at 127.0.0.1:{port}.",
        "  Start ComfyUI Desktop, or run 'python main.py' in the folder of ComfyUI.",
    ]


@pytest.mark.slow
def test_status_ends_in_time_when_the_service_is_mute() -> None:
    def mute(sock: Any) -> None:
        read_head(sock)
        sock.recv(1)  # until the client gives up

    with RawServer(mute) as server:
        started = time.monotonic()
        code, output, _ = run("status", "--json", "--url", url_of(server))
    assert code == 1
    assert time.monotonic() - started < 8.0
    service = json.loads(output)["services"][0]
    assert service["problem"] is None or service["problem"]["code"] == "no-answer"


def test_a_service_that_is_switched_off_is_not_required() -> None:
    code, output, _ = run("status", MOVIE_DIRECTOR_COMFYUI_ENABLED="no")
    assert code == 0
    assert "◌ Nothing is switched on (0 of 0 ready)" in output


def test_the_url_of_the_command_line_wins_over_the_environment(comfy: ComfyServer) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    assert run("status", "--url", url_of(comfy), MOVIE_DIRECTOR_COMFYUI_URL=dead)[0] == 0
    assert run("status", MOVIE_DIRECTOR_COMFYUI_URL=comfy.url)[0] == 0


# --- discover and test ------------------------------------------------------------------------------------


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


def test_test_stops_at_the_layer_that_fails_and_suggests_one_thing() -> None:
    code, output, _ = run("test", f"http://127.0.0.1:{(port := free_port())}")
    assert code == 1
    assert re.sub(r"[\d.]+ ms", "N ms", output).splitlines()[2:] == [
        "  ✖ Program listens  N ms  failed",
        "  ◌ Program answers          not tried",
        "  ◌ Right program            not tried",
        "  ◌ Access granted           not tried",
        "  ◌ Ready to work            not tried",
        f"✖ No program is running at 127.0.0.1:{port}.",
        "  Start the program that should answer there, then test again.",
    ]


def test_test_without_an_argument_tests_all(comfy: ComfyServer) -> None:
    code, output, _ = run("test", "--json", "--url", url_of(comfy))
    assert code == 0
    assert [each["target"] for each in json.loads(output)["tests"]] == ["comfyui"]


# --- bad input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("stats", "'stats' is not a command. Did you mean 'status'? More: movie-director --help"),
        ("test comfy", "'comfy' is neither a service nor an address. Did you mean 'comfyui'?"),
        (
            "test http://",
            "The address 'http://' cannot be used: the name of the computer is missing."
            " Write it like http://127.0.0.1:8188.",
        ),
        (
            "status --url http://127.0.0.1:8188",
            "--url 'http://127.0.0.1:8188' does not say which service it is for."
            " Write it like comfyui=http://127.0.0.1:8188.",
        ),
        (
            "status --url comfi=x",
            "--url 'comfi=x': there is no service called 'comfi'. Did you mean 'comfyui'?",
        ),
        (
            "status --url comfyui=http://h:70000",
            "--url comfyui: The address 'http://h:70000' of ComfyUI cannot be used:"
            " the port '70000' is not a number from 1 to 65535. Write it like http://127.0.0.1:8188.",
        ),
    ],
)
def test_mistakes_in_the_call_are_one_sentence(line: str, sentence: str) -> None:
    assert run(*line.split()) == (2, "", f"movie-director: {sentence}\n")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MOVIE_DIRECTOR_COMFYUI_URL", "ftp://x", "the scheme 'ftp' is not one of http, https, ws, wss"),
        ("MOVIE_DIRECTOR_COMFYUI_TIMEOUT", "0", "expected a number of seconds from 1 to 300"),
        ("MOVIE_DIRECTOR_COMFYUI_ENABLED", "maybe", "expected 1, true, yes, on, 0, false, no or off"),
        ("MOVIE_DIRECTOR_LOG", "loud", "expected debug, info, warning, error"),
    ],
)
def test_mistakes_in_the_environment_are_one_sentence(name: str, value: str, reason: str) -> None:
    assert run("status", **{name: value}) == (
        2,
        "",
        f"movie-director: The setting {name}='{value}' cannot be used: {reason}."
        f" Correct {name}, or remove it to use the default.\n",
    )


def test_a_folder_for_the_log_that_cannot_be_written_is_told_once(comfy: ComfyServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, output, errors = run("status", "--url", url_of(comfy), MOVIE_DIRECTOR_HOME=str(tmp_path / "file"))
    assert code == 0
    assert "Everything is ready" in output
    assert errors == f"No log is written: {tmp_path / 'file' / 'logs'}: Not a directory.\n"


@pytest.mark.parametrize("command", ["status", "discover", "test", "watch"])
def test_missing_packages_are_named_with_the_command_that_brings_them(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "addon", tmp_path / "addon", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(SCRIPT, tmp_path / "scripts")
    not_measured = {name: "" for name in os.environ if name.startswith("COVERAGE_")}
    assert run(command, script=Path(script), **not_measured) == (
        2,
        "",
        "movie-director: The packages that Movie Director needs are not there yet."
        " Run: python3 scripts/run.py\n",
    )


def test_a_mistake_of_our_own_is_one_sentence_and_a_traceback_in_the_log(tmp_path: Path, home: Path) -> None:
    (tmp_path / "faulty.py").write_text("BACKEND = None  # no backend at all\n")
    program = (
        "import sys; import movie_director.backends as backends; backends.__path__.append(sys.argv.pop(1));"
        "from movie_director.cli.main import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), "status"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "addon")},
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "movie-director: Movie Director made a mistake of its own (AttributeError). Its log says more.\n"
    )
    log = (home / "logs" / "movie-director.log").read_text("utf-8")
    assert "ERROR MainThread cli.session: command status failed\n    | Traceback (most" in log


# --- the script itself ------------------------------------------------------------------------------------


def test_an_old_python_can_read_the_script_and_is_told_so() -> None:
    source = SCRIPT.read_text("utf-8")
    ast.parse(source, feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = (3, 9, 0); exec(compile({source!r}, 'movie-director', 'exec'))"
    done = subprocess.run(
        [sys.executable, "-c", pretend], capture_output=True, text=True, timeout=LONG_TIMEOUT, check=False
    )
    assert done.returncode == 2
    assert "This is Python 3.9, and 3.10 or newer is needed." in done.stderr


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    program = (
        "import sys; from movie_director.cli.main import main; code = main([sys.argv[1]]);"
        "heavy = {'runtime', 'backends', 'transport', 'vendor'};"
        "loaded = {name.split('.')[1] for name in sys.modules if name.startswith('movie_director.')} & heavy;"
        "sys.exit(f'loaded: {loaded}' if loaded else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, option],
        env={**os.environ, "PYTHONPATH": str(ROOT / "addon")},
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_can_be_run_as_well() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "movie_director.cli", "--version"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "addon")},
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=False,
    )
    assert re.fullmatch(r"movie-director \d+\.\d+\.\d+\n", done.stdout)


# --- output -----------------------------------------------------------------------------------------------


def test_without_unicode_marks_become_letters(comfy: ComfyServer) -> None:
    code, output, _ = run("status", "--url", url_of(comfy), PYTHONIOENCODING="ascii")
    assert code == 0
    assert output.isascii()
    assert "\no Everything is ready (1 of 1 ready)\n" in output


@pytest.mark.slow
def test_passwords_and_keys_appear_nowhere(comfy: ComfyServer, home: Path) -> None:
    url = f"comfyui=http://ada:open-sesame@127.0.0.1:{comfy.port}"
    shown = ""
    secret = {"MOVIE_DIRECTOR_COMFYUI_API_KEY": "canary-key", "MOVIE_DIRECTOR_LOG": "debug"}
    for command in (["status"], ["status", "--json"], ["discover", "--json"], ["test"], ["test", "--json"]):
        _, output, errors = run(*command, "--verbose", "--url", url, **secret)
        shown += output + errors
    log = (home / "logs" / "movie-director.log").read_text("utf-8")
    assert "attempt 1" in log
    for text in (shown, log):
        assert "open-sesame" not in text
        assert "canary-key" not in text
    assert str(comfy.port) in shown


def test_verbose_shows_the_log_and_the_details() -> None:
    _, output, errors = run("status", "--verbose", "--url", f"comfyui=http://127.0.0.1:{free_port()}")
    assert re.search(r"Z INFO md-comfyui \S+: comfyui: attempt 1", errors)
    assert "  Details: refused, connect to 127.0.0.1:" in output


@NEEDS_POSIX
@pytest.mark.parametrize("command", ["--help", "status", "watch"])
def test_a_reader_that_goes_away_is_no_error(command: str, comfy: ComfyServer) -> None:
    process = begin(command, *(() if command == "--help" else ("--json", "--url", url_of(comfy))))
    assert process.stdout is not None
    process.stdout.close()
    try:
        if command == "watch":
            comfy.kill()  # the next change finds nobody
        _, errors = communicated(process)
        assert errors == ""
        assert process.returncode == 141
    finally:
        process.kill()
        process.wait(LONG_TIMEOUT)


def communicated(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stderr is not None
    with process.stderr as stream:
        errors = stream.read()
    process.wait(LONG_TIMEOUT)
    return "", errors


@NEEDS_POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_missing_streams_change_no_exit_code(closed: str) -> None:
    for line, expected in ((f"status --url comfyui=127.0.0.1:{free_port()}", 1), ("stats", 2)):
        command = f"'{sys.executable}' '{SCRIPT}' {line} {closed}"
        done = subprocess.run(command, shell=True, capture_output=True, timeout=LONG_TIMEOUT, check=False)
        assert done.returncode == expected
        assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full: /dev/full")
def test_a_full_disk_is_one_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "status", "--url", f"comfyui=http://127.0.0.1:{free_port()}"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONG_TIMEOUT,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "movie-director: The output cannot be written: No space left on device.\n",
    )


# --- watch ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watching(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = begin("watch", *arguments)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.slow
@NEEDS_POSIX
def test_watch_in_a_pipe_prints_one_line_per_change(comfy: ComfyServer) -> None:
    with watching("--url", url_of(comfy)) as process:
        time_of_day = r"\d\d:\d\d:\d\d  "
        assert re.fullmatch(
            rf"{time_of_day}● ComfyUI  connected: version 0\.33\.0 at {comfy.url}\n", next_line(process)
        )
        comfy.kill()
        assert re.fullmatch(rf"{time_of_day}✖ ComfyUI  connection lost: .+\n", next_line(process))
        comfy.start()
        assert re.fullmatch(rf"{time_of_day}● ComfyUI  back after [\d.]+ s\n", next_line(process))
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=LONG_TIMEOUT) == ("", "")
        assert process.returncode == 130


@NEEDS_POSIX
def test_watch_as_json_prints_one_document_per_change(comfy: ComfyServer) -> None:
    with watching("--json", "--url", url_of(comfy)) as process:
        first = json.loads(next_line(process))
        comfy.kill()
        lost = json.loads(next_line(process))
        comfy.start()
        back = json.loads(next_line(process))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONG_TIMEOUT)
        assert process.returncode == 143
    assert [each["change"] for each in (first, lost, back)] == ["connected", "lost", "back"]
    assert {each["schema"] for each in (first, lost, back)} == {"movie-director/change/1"}
    assert lost["problem"]["fix"] == "start-program"
    assert back["outage_seconds"] > 0
    assert first["at"] < lost["at"] < back["at"]


class Screen:
    """The other side of a pseudo-terminal."""

    def __init__(self, columns: int, lines: int, *arguments: str) -> None:
        import fcntl
        import pty
        import termios

        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.shown = ""
        environment = {**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
        environment.pop("NO_COLOR", None)
        # A group of its own, yet in our session: the system stops no process that nobody could continue.
        own_group: dict[str, Any] = (
            {"process_group": 0} if sys.version_info >= (3, 11) else {"preexec_fn": os.setpgrp}
        )
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            **own_group,
        )
        os.close(slave)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(LONG_TIMEOUT)
        os.close(self._master)

    def until(self, pattern: str) -> str:
        """Read until something shown since the last call matches, and return it all."""
        deadline = time.monotonic() + LONG_TIMEOUT
        since = len(self.shown)
        while not re.search(pattern, self.shown[since:], re.DOTALL):
            assert time.monotonic() < deadline, f"{pattern} is not in {self.shown[-2000:]!r}"
            self._read(deadline - time.monotonic())
        return self.shown[since:]

    def rest(self) -> str:
        """Everything until the process has ended."""
        since = len(self.shown)
        deadline = time.monotonic() + LONG_TIMEOUT
        while self._read(deadline - time.monotonic()):
            pass
        self.process.wait(LONG_TIMEOUT)
        return self.shown[since:]

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout))
        assert ready, f"nothing more came after {self.shown[-2000:]!r}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has gone
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


ENTERED = "\x1b[?1049h\x1b[?25l\x1b[?7l"
LEFT = "\x1b[?7h\x1b[?25h\x1b[?1049l"


@pytest.mark.slow
@NEEDS_PTY
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (1, 129)])
def test_watch_draws_in_place_and_gives_the_terminal_back(number: int, code: int, comfy: ComfyServer) -> None:
    with Screen(60, 20, "watch", "--url", url_of(comfy)) as screen:
        first = screen.until(r"connected: version")
        assert first.startswith(ENTERED)
        assert "\x1b[32mConnected" in first
        comfy.kill()
        screen.until(r"connection lost")
        screen.until(r"Trying again in \d+ s")
        comfy.start()
        screen.until(r"back after")
        screen.process.send_signal(number)
        end = screen.rest()
        assert screen.process.returncode == code
        assert screen.shown.count(ENTERED) == screen.shown.count(LEFT) == 1
        assert "back after" in end.partition(LEFT)[2], "the last picture stays"
    frames = screen.shown.split("\x1b[H")[1:]
    for frame in frames:
        text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", frame.partition(LEFT)[0])
        assert all(len(line.rstrip("\r")) < 60 for line in text.split("\n"))


@NEEDS_PTY
@pytest.mark.parametrize("command", ["status", "discover", "test"])
def test_in_a_terminal_too_nothing_is_left_but_the_answer(command: str, comfy: ComfyServer) -> None:
    with Screen(80, 20, command, "--url", url_of(comfy)) as screen:
        shown = screen.rest()
        assert screen.process.returncode == 0
    visible = [re.sub(r".*\r\x1b\[K", "", line) for line in shown.split("\n")]
    assert not any("…" in line for line in visible), "notes about waiting are taken away again"
    assert str(comfy.port) in "".join(visible)


@pytest.mark.slow
@NEEDS_PTY
def test_the_countdown_moves_by_itself() -> None:
    with Screen(80, 20, "watch", "--url", f"comfyui=http://127.0.0.1:{free_port()}") as screen:
        first = re.search(r"next try in (\d+) s", screen.until(r"next try in [3-9] s"))
        assert first
        screen.until(f"next try in {int(first[1]) - 1} s")


@NEEDS_PTY
def test_watch_gives_the_terminal_back_while_it_is_suspended(comfy: ComfyServer) -> None:
    with Screen(80, 20, "watch", "--url", url_of(comfy)) as screen:
        screen.until(r"connected: version")
        screen.process.send_signal(signal.SIGTSTP)
        screen.until(re.escape(LEFT))
        _, how = os.waitpid(screen.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(how)
        screen.process.send_signal(signal.SIGCONT)
        screen.until(re.escape(ENTERED))
        screen.until(r"Last changes")
        screen.process.send_signal(signal.SIGINT)
        screen.rest()
        assert screen.process.returncode == 130


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


# --- nothing to do ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["test", "discover"])
def test_everything_switched_off_is_said(command: str) -> None:
    code, output, errors = run(command, MOVIE_DIRECTOR_COMFYUI_ENABLED="no")
    assert (code, output.strip(), errors) == (0, "Nothing is switched on.", "")


def test_status_is_good_when_only_an_optional_service_is_slow() -> None:
    with ComfyServer() as server, RawServer(lambda sock: sock.recv(1) and None) as mute:
        code, output, _ = run(
            "status",
            "--json",
            "--url",
            url_of(server),
            MOVIE_DIRECTOR_LITELLM_ENABLED="yes",
            MOVIE_DIRECTOR_LITELLM_URL=mute.url,
            MOVIE_DIRECTOR_LITELLM_TIMEOUT="30",
        )
    assert (code, json.loads(output)["ok"]) == (0, True)
