"""What the terminal draws, as whole texts, at several widths."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable

import pytest
from movie_director.backends.base import Backend
from movie_director.cli import discover, watch
from movie_director.cli import test as connection_test
from movie_director.cli.lines import Line, Span, Style, cells, cut, wrapped
from movie_director.cli.output import Output
from movie_director.cli.table import status_lines
from movie_director.core.changes import Change, Kind
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.facts import Device, ServiceInfo
from movie_director.core.model import Sighting, State
from movie_director.core.redact import Redactor
from movie_director.core.serialisation import Clocks
from movie_director.core.snapshot import DiscoveryReport, ServiceStatus

from tests.samples import COMFY, HERE, NOW, REFUSED, other_instance, snapshot, status, stranger, suspended

HINTS = {"comfyui": "In the folder of ComfyUI, run: python main.py.", "rvc": "Run: python infer-web.py."}


def plain(lines: Iterable[Line]) -> str:
    return "\n".join("".join(span.text for span in line) for line in lines)


def never(*_: object) -> None:
    raise AssertionError("drawing asks no backend")


def backend(name: str, label: str, *, required: bool = True) -> Backend:
    function: Callable[..., None] = never
    return Backend(name, label, (), (8188,), required, HINTS[name], function, function, function)  # type: ignore[arg-type]


KNOWN = (backend("comfyui", "ComfyUI"), backend("rvc", "RVC", required=False))


def two_services() -> list[ServiceStatus]:
    waiting = status(State.DISCONNECTED, service="rvc", label="RVC", required=False, retry_at=NOW + 6.2)
    return [status(State.CONNECTED), waiting]


# --- status -----------------------------------------------------------------------------------------------


def test_a_wide_status() -> None:
    drawn = plain(status_lines(snapshot(*two_services()), NOW, 150, HINTS)).splitlines()
    assert drawn == [
        "  Service  State                       Version  Address                Answer"
        "  Device                                        Queue",
        "● ComfyUI  Connected                   0.33.0   http://127.0.0.1:8188  4.2 ms"
        "  NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free  2",
        "▲ RVC      Not found, next try in 7 s",
        "",
        "▲ Not everything is ready (1 of 2 ready)",
        "",
        "▲ RVC is not running at 127.0.0.1:8188.",
        "  Run: python infer-web.py.",
    ]


def test_the_status_on_80_columns() -> None:
    drawn = plain(status_lines(snapshot(*two_services()), NOW, 80, HINTS))
    assert drawn.splitlines()[:4] == [
        "  Service  State                       Version  Address                Answer",
        "● ComfyUI  Connected                   0.33.0   http://127.0.0.1:8188  4.2 ms",
        "  NVIDIA GeForce RTX 4090, 20.1 of 24 GiB free; 2 in the queue",
        "▲ RVC      Not found, next try in 7 s",
    ]


def test_the_status_on_60_columns() -> None:
    drawn = plain(status_lines(snapshot(*two_services()), NOW, 60, HINTS))
    assert (
        drawn
        == """\
  Service  State                       Version  Answer
● ComfyUI  Connected                   0.33.0   4.2 ms
  http://127.0.0.1:8188; NVIDIA GeForce RTX 4090, 20.1 of 24
  GiB free; 2 in the queue
▲ RVC      Not found, next try in 7 s

▲ Not everything is ready (1 of 2 ready)

▲ RVC is not running at 127.0.0.1:8188.
  Run: python infer-web.py."""
    )


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 100, 200])
def test_sentences_never_run_over_the_edge(width: int) -> None:
    rows = [suspended(), *two_services()[1:]]
    lines = status_lines(snapshot(*rows), NOW, width, HINTS, details=True)
    after_table = plain(lines).split("\n\n", 1)[1].split("\n\n", 1)[1]
    assert all(cells(line) <= width for line in after_table.splitlines())


def test_details_and_what_to_do_in_a_terminal() -> None:
    blocked = status(State.FAILED, endpoint=HERE, problem=problem(ProblemCode.KEY_MISSING, "GET /: 401"))
    assert (
        plain(status_lines(snapshot(blocked), NOW, None, HINTS, details=True))
        == """\
  Service  State                     Address
✖ ComfyUI  Needs you                 http://127.0.0.1:8188

✖ Something required is missing (0 of 1 ready)

✖ ComfyUI at 127.0.0.1:8188 asks for a key, but no key is set.
  Enter the key of ComfyUI in the settings.
  Here: the variable MOVIE_DIRECTOR_COMFYUI_API_KEY.
  Details: key-missing, GET /: 401"""
    )


def test_further_instances_are_offered() -> None:
    shown = status(State.CONNECTED, others=(other_instance(),))
    assert plain(status_lines(snapshot(shown), NOW, None, HINTS)).endswith(
        "\n◌ Another ComfyUI 0.3.64 answers at http://127.0.0.1:8189;"
        " to use it: --url comfyui=http://127.0.0.1:8189"
    )


def test_what_is_switched_off_is_a_row_and_no_problem() -> None:
    off = status(State.DISABLED, problem=REFUSED)
    assert (
        plain(status_lines(snapshot(off), NOW, None, HINTS))
        == """\
  Service  State
◌ ComfyUI  Off

◌ Nothing is switched on (0 of 0 ready)"""
    )


# --- watch ------------------------------------------------------------------------------------------------


def history() -> list[Change]:
    return [
        Change(Kind.CONNECTED, NOW - 30, status(State.CONNECTED)),
        Change(Kind.LOST, NOW - 8.75, suspended()),
        Change(Kind.BACK, NOW - 6.65, status(State.CONNECTED), 2.1),
    ]


@pytest.fixture
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("needs time.tzset, which Windows does not have")
    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_utc")
def test_the_live_view() -> None:
    at = Clocks(NOW, 1795219200.25)
    drawn = watch.frame(snapshot(suspended()), history(), at, 79, 24, HINTS)
    assert (
        plain(drawn)
        == """\
Movie Director  00:00:00  Ctrl-C ends

  Service  State                     Version  Address                Answer
✖ ComfyUI  Paused, next try in 28 s           http://127.0.0.1:8188

✖ Something required is missing (0 of 1 ready)

✖ ComfyUI is not running at 127.0.0.1:8188.
  In the folder of ComfyUI, run: python main.py.

Last changes
23:59:30  ● ComfyUI  connected: version 0.33.0 at http://127.0.0.1:8188
23:59:51  ✖ ComfyUI  connection lost: ComfyUI is not running at 127.0.0.1:8188
23:59:53  ● ComfyUI  back after 2.1 s"""
    )


@pytest.mark.usefixtures("_in_utc")
def test_a_low_terminal_shows_the_newest_changes() -> None:
    at = Clocks(NOW, 1795219200.25)
    drawn = watch.frame(snapshot(status(State.CONNECTED)), history(), at, 79, 11, HINTS)
    assert plain(drawn).splitlines()[-3:] == [
        "Last changes",
        "23:59:51  ✖ ComfyUI  connection lost: ComfyUI is not running at 127.0.0.1:8188",
        "23:59:53  ● ComfyUI  back after 2.1 s",
    ]
    assert len(drawn) == 11


def test_a_live_table_does_not_move_when_a_service_goes() -> None:
    def heading(shown: ServiceStatus) -> str:
        drawn = watch.frame(snapshot(shown), [], Clocks(NOW, 0.0), 120, 24, HINTS)
        return plain(drawn).splitlines()[2][: len("  Service  State                     Version  Address")]

    assert heading(status(State.CONNECTED)) == heading(suspended())


# --- test -------------------------------------------------------------------------------------------------


def test_the_lines_of_a_connection_test() -> None:
    results = [
        LayerResult(Layer.NAME, Verdict.PASSED, 0.0001),
        LayerResult(Layer.PORT, Verdict.PASSED, 0.0123),
        LayerResult(Layer.HTTP, Verdict.WARNING, 2.345),
        LayerResult(Layer.PROGRAM, Verdict.FAILED, 0.0044),
        LayerResult(Layer.CREDENTIALS, Verdict.NOT_NEEDED),
        LayerResult(Layer.READY, Verdict.NOT_REACHED),
    ]
    assert (
        plain(map(connection_test.layer_line, results))
        == """\
  ● Computer found   0.1 ms  ok
  ● Program listens   12 ms  ok
  ▲ Program answers   2.3 s  limited
  ✖ Right program    4.4 ms  failed
  ◌ Access granted           no key needed
  ◌ Ready to work            not tried"""
    )


def test_the_end_of_a_test_that_passed() -> None:
    results = ((Layer.PORT, 0.004), (Layer.READY, 0.0121))
    layers = tuple(LayerResult(layer, Verdict.PASSED, seconds) for layer, seconds in results)
    info = ServiceInfo("ComfyUI", "0.33.0", (Device("CPU", "cpu", 25276514304),))
    passed = Diagnosis("comfyui", "comfyui", HERE, layers, info, True)
    assert plain([connection_test.heading(passed, KNOWN)]) == "ComfyUI  http://127.0.0.1:8188"
    assert plain(connection_test.conclusion(passed, KNOWN, 80, details=False)) == (
        "● Passed in 16 ms: ComfyUI 0.33.0, CPU, 23.5 GiB."
    )


def test_the_end_of_a_test_that_failed_is_one_suggestion() -> None:
    layers = (LayerResult(Layer.PORT, Verdict.FAILED, 0.0004, REFUSED),)
    failed = Diagnosis("comfyui", "comfyui", HERE, layers, None, True)
    assert (
        plain(connection_test.conclusion(failed, KNOWN, 80, details=False))
        == """\
✖ ComfyUI is not running at 127.0.0.1:8188.
  In the folder of ComfyUI, run: python main.py."""
    )


def test_a_url_where_nothing_answers_is_told_without_a_name() -> None:
    layers = (LayerResult(Layer.PORT, Verdict.FAILED, 0.0004, REFUSED),)
    failed = Diagnosis("http://127.0.0.1:8188", None, HERE, layers, None, True)
    assert plain([connection_test.heading(failed, KNOWN)]) == "http://127.0.0.1:8188"
    assert plain(connection_test.conclusion(failed, KNOWN, None, details=False)).startswith(
        "✖ No program is running at 127.0.0.1:8188.\n"
    )


def test_a_test_that_never_ends_is_said_to() -> None:
    endless = Diagnosis("comfyui", "comfyui", HERE)
    drawn = connection_test.conclusion(endless, KNOWN, 80, details=False)
    assert plain(drawn) == "✖ Not finished after 30 s."


# --- discover ---------------------------------------------------------------------------------------------


def test_the_list_of_what_answers() -> None:
    mute = Sighting(HERE, None, None, problem=problem(ProblemCode.NO_ANSWER, seconds=2.0), seconds=2.0)
    found = Sighting(HERE, "comfyui", COMFY, seconds=0.0052)
    report = DiscoveryReport((found, stranger(), mute), 7, 0.0431, True)
    assert (
        plain(discover.discovery_lines(report, KNOWN, [KNOWN[1]], lambda backend: False, 80))
        == """\
● ComfyUI 0.33.0    http://127.0.0.1:8188  5.2 ms
◌ Stable Diffusion  http://127.0.0.1:7860  10 ms   none of ours
◌ another program   http://127.0.0.1:8188  2 s     The program is running, but has not answered within 2 s.
▲ RVC was not found. Run: python infer-web.py.

7 addresses tried in 43 ms."""
    )


@pytest.mark.parametrize(
    ("advertised", "told"),
    [
        (None, "7 addresses tried in 43 ms."),
        (0, "7 addresses tried in 43 ms. No answer to mDNS, which does not mean that nothing is there."),
        (2, "7 addresses tried in 43 ms. 2 services advertised by mDNS."),
    ],
)
def test_silence_of_the_network_is_told_as_that(advertised: int | None, told: str) -> None:
    report = DiscoveryReport((), 7, 0.0431, True, advertised)
    drawn = discover.discovery_lines(report, KNOWN, [], lambda backend: False, None)
    assert plain(drawn).splitlines()[-1] == told


def test_the_mark_of_what_is_missing_says_whether_the_user_requires_it() -> None:
    required = {"rvc"}
    drawn = discover.discovery_lines(
        DiscoveryReport((), 7, 0.0431, True),
        KNOWN,
        list(KNOWN),
        lambda backend: backend.name in required,
        None,
    )
    assert [line[:1] for line in plain(drawn).splitlines()[:2]] == ["▲", "✖"]


# --- lines and their output -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("four", 4, "four"),
        ("fours", 4, "fou…"),
        ("漢字漢", 6, "漢字漢"),
        ("漢字漢", 5, "漢字…"),
        ("漢字", 2, "…"),
        ("e\u0301" * 3, 2, "e\u0301…"),
    ],
)
def test_lines_are_cut_by_cells(text: str, width: int, shown: str) -> None:
    assert plain([cut((Span(text),), width)]) == shown


def test_styles_survive_a_cut() -> None:
    line = (Span("● ", Style.GREEN), Span("connected", Style.RED))
    assert cut(line, 6) == (Span("● ", Style.GREEN), Span("con", Style.RED), Span("…"))


def test_words_longer_than_the_line_are_broken() -> None:
    assert plain(wrapped("x" * 30, 20, (Span("● "),))) == "● " + "x" * 18 + "\n  " + "x" * 12


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal, in one encoding."""

    def __init__(self, encoding: str, *, terminal: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def written(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


LINE = (Span("● ", Style.GREEN), Span("漢 …"))


@pytest.mark.parametrize(
    ("encoding", "terminal", "environ", "expected"),
    [
        ("utf-8", True, {"TERM": "xterm"}, "\x1b[32m● \x1b[0m漢 …\n".encode()),
        ("utf-8", True, {"TERM": "xterm", "NO_COLOR": "1"}, "● 漢 …\n".encode()),
        ("utf-8", True, {"TERM": "dumb"}, "● 漢 …\n".encode()),
        ("utf-8", False, {"TERM": "xterm"}, "● 漢 …\n".encode()),
        ("ascii", False, {}, b"o \\u6f22 ~\n"),
        ("cp1252", True, {"TERM": "xterm"}, b"\x1b[32mo \x1b[0m\\u6f22 ~\n"),
    ],
)
@pytest.mark.skipif("sys.platform == 'win32'", reason="asks the console, not TERM")
def test_the_output_suits_the_stream(
    encoding: str, terminal: bool, environ: dict[str, str], expected: bytes
) -> None:
    stream = Terminal(encoding, terminal=terminal)
    Output(stream, environ).text([LINE])
    assert stream.written() == expected


def test_nobody_draws_on_the_terminal_but_we() -> None:
    stream = Terminal("utf-8", terminal=False)
    Output(stream, {}).text([(Span("RTX\x1b]0;title\x07\r\n\x9b2J\u202e"),)])
    assert stream.written() == b"RTX\\x1b]0;title\\x07\\r\\n\\x9b2J\\u202e\n"


def test_secrets_reach_neither_text_nor_json() -> None:
    stream = Terminal("utf-8", terminal=False)
    output = Output(stream, {})
    output.redact = Redactor(["open sesame"])
    output.text([(Span("say open sesame to http://ada:pw@host/"),)])
    output.json({"detail": ["open sesame", {"x": "token=abc"}]}, one_line=True)
    hidden = "\\u2022" * 3
    assert stream.written().decode() == (
        f'say ••• to http://•••@host/\n{{"detail":["{hidden}",{{"x":"token={hidden}"}}]}}\n'
    )
