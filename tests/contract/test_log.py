"""The log as a file: what stands in it, how large it gets, who writes it, and what it survives."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from movie_director.core.errors import ConfigError, ProblemCode
from movie_director.core.redact import HIDDEN
from movie_director.runtime import log as log_module
from movie_director.runtime.log import BACKUPS, MAX_BYTES, Log, level_from, open_log

from tests.conftest import LONG_TIMEOUT
from tests.programs import running
from tests.settings_kit import no_locks

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) \S+ [\w.]+: .*")
logger = logging.getLogger("movie_director.runtime.worker")
SECRET = "correct horse battery"


@pytest.fixture
def log(home: Path) -> Iterator[Log]:
    with open_log(home / "logs", secrets=[SECRET]) as opened:
        yield opened


def own_handlers() -> list[logging.Handler]:
    """The handlers of our logger without those that pytest adds."""
    handlers = logging.getLogger("movie_director").handlers
    return [each for each in handlers if "pytest" not in type(each).__module__]


def lines(log: Log) -> list[str]:
    assert log.path is not None
    return log.path.read_text("utf-8").splitlines()


def test_a_record_is_one_line_with_time_level_thread_and_module(log: Log) -> None:
    def work() -> None:
        logger.info("%s: attempt %d", "comfyui", 3)

    thread = threading.Thread(target=work, name="md-comfyui", daemon=True)
    thread.start()
    thread.join(LONG_TIMEOUT)
    [line] = lines(log)
    assert LINE.fullmatch(line)
    assert line.endswith("Z INFO md-comfyui runtime.worker: comfyui: attempt 3")


def test_times_are_utc(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_log(home / "logs") as log:
        record = logger.makeRecord(logger.name, logging.INFO, "f", 1, "now", (), None)
        record.created, record.msecs = 1795219200.25, 250.0
        logger.handle(record)
        assert lines(log)[0].startswith("2026-11-21T00:00:00.250Z INFO")


def test_what_a_server_sends_cannot_forge_a_line(log: Log) -> None:
    logger.warning("answer: %s", "x\r\n2026-01-01T00:00:00.000Z INFO all is well\x1b[2J\u2028end")
    [line] = lines(log)
    assert line.endswith("answer: x\\r\\n2026-01-01T00:00:00.000Z INFO all is well\\x1b[2J\\u2028end")


def test_tracebacks_are_written_indented_and_without_secrets(log: Log) -> None:
    try:
        raise ValueError(f"bad\n2026-01-01T00:00:00.000Z INFO forged: {SECRET} http://ada:pw@host/")
    except ValueError:
        logger.exception("it broke")
    first, *rest = lines(log)
    assert first.endswith("it broke")
    assert all(line.startswith("    | ") for line in rest)
    assert rest[-1] == f"    | 2026-01-01T00:00:00.000Z INFO forged: {HIDDEN} http://{HIDDEN}@host/"


def test_secrets_are_hidden_also_those_that_come_later(log: Log) -> None:
    logger.info("with %s", SECRET)
    log.hide(["another secret"])
    logger.info("with %s", "another secret")
    assert [line.rpartition("worker: ")[2] for line in lines(log)] == [f"with {HIDDEN}", f"with {HIDDEN}"]


def test_a_faulty_call_is_written_as_it_is(log: Log) -> None:
    record = logger.makeRecord(logger.name, logging.INFO, "f", 1, "%d seconds", ("seven",), None)
    for handler in own_handlers():  # pytest's own handler would fail the test
        handler.handle(record)
    assert lines(log)[0].endswith("worker: '%d seconds' ('seven',)")


def test_endless_texts_are_cut(log: Log) -> None:
    logger.info("x" * 1_000_000)
    [line] = lines(log)
    assert line.endswith("… (1000000 characters)")
    assert len(line) < log_module.MAX_MESSAGE + 200


def test_levels(home: Path) -> None:
    with open_log(home / "logs", logging.WARNING) as log:
        logger.info("quiet")
        logger.warning("loud")
        assert [line.rpartition(": ")[2] for line in lines(log)] == ["loud"]


@pytest.mark.parametrize(
    ("value", "level"),
    [(None, logging.INFO), ("", logging.INFO), ("DEBUG", logging.DEBUG), (" warning ", logging.WARNING)],
)
def test_the_level_comes_from_the_environment(value: str | None, level: int) -> None:
    assert level_from({} if value is None else {"MOVIE_DIRECTOR_LOG": value}) == level


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        level_from({"MOVIE_DIRECTOR_LOG": "loud"})
    assert caught.value.problem.code is ProblemCode.BAD_SETTING
    assert dict(caught.value.problem.parameters) == {
        "name": "MOVIE_DIRECTOR_LOG",
        "value": "loud",
        "reason": "expected debug, info, warning, error",
    }


def test_the_files_stay_bounded(log: Log) -> None:
    text = "y" * 3_000
    for _ in range(4 * MAX_BYTES // len(text)):
        logger.info(text)
    assert log.path is not None
    files = sorted(log.path.parent.glob("*.log*"))
    assert [file.name.removeprefix("movie-director.log") for file in files] == ["", ".1", ".2"]
    assert len(files) == BACKUPS + 1
    assert all(file.stat().st_size <= MAX_BYTES for file in files)


def test_the_next_run_appends(home: Path) -> None:
    for run in ("first", "second"):
        with open_log(home / "logs") as log:
            logger.info(run)
    assert [line.rpartition(": ")[2] for line in lines(log)] == ["first", "second"]


HOLDER = """
import logging, sys
from pathlib import Path
from movie_director.runtime.log import open_log
log = open_log(Path(sys.argv[1]))
logging.getLogger("movie_director.x").info("from the other process")
print(log.path.name, flush=True)
sys.stdin.read()
"""


def test_two_processes_write_two_files_and_a_dead_one_leaves_its_place(home: Path) -> None:
    with running(HOLDER, home / "logs") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "movie-director.log\n"
        with open_log(home / "logs") as log:
            logger.info("from this process")
            assert log.path == home / "logs" / "movie-director-2.log"
            assert len(lines(log)) == 1
        other.kill()
        other.wait(LONG_TIMEOUT)
    with open_log(home / "logs") as log:
        assert log.path == home / "logs" / "movie-director.log"
        assert len(lines(log)) == 1


def test_a_folder_that_cannot_be_made_costs_only_the_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder should be")
    with open_log(home / "logs") as log:
        assert log.path is None
        assert log.problem == f"{home / 'logs'}: Not a directory"
        logger.error("nobody hears this")
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full: /dev/full")
def test_a_full_disk_costs_records_and_not_the_work(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "movie-director.log").symlink_to("/dev/full")
    with open_log(home / "logs") as log:
        assert log.path is not None
        logger.error("there is no room for this")
    assert capsys.readouterr() == ("", "")


def test_a_file_that_cannot_be_renamed_begins_anew(log: Log) -> None:
    assert log.path is not None
    (log.path.parent / "movie-director.log.1").mkdir()
    (log.path.parent / "movie-director.log.1" / "full").touch()
    (log.path.parent / "movie-director.log.2").mkdir()
    (log.path.parent / "movie-director.log.2" / "full").touch()
    for _ in range(3 * MAX_BYTES // 3_000):
        logger.info("z" * 3_000)
    assert 0 < log.path.stat().st_size <= MAX_BYTES


def test_nothing_reaches_the_log_of_the_host(log: Log) -> None:
    heard: list[logging.LogRecord] = []

    class Host(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    host = Host()
    logging.getLogger().addHandler(host)
    try:
        logger.warning("while the log is open")
        log.close()
        logger.warning("afterwards")
    finally:
        logging.getLogger().removeHandler(host)
    assert [record.getMessage() for record in heard] == ["afterwards"]
    assert own_handlers() == []


def test_the_console_gets_the_same_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_log(home / "logs", secrets=[SECRET], console=sys.stderr) as log:
        logger.info("with %s", SECRET)
        assert capsys.readouterr().err.splitlines() == lines(log)


def test_the_console_may_be_told_less(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_log(home / "logs", console=sys.stderr, console_level=logging.WARNING):
        logger.info("quiet")
        logger.warning("loud")
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("worker: loud")


# --- what is kept in memory ---------------------------------------------------------------------------------


def test_the_newest_records_are_kept_as_they_were_written(log: Log) -> None:
    for number in range(log_module.TAIL + 10):
        logger.info("record %d with %s", number, SECRET)
    assert list(log.tail()) == lines(log)[10:]
    assert log.tail()[-1].endswith(f"record {log_module.TAIL + 9} with {HIDDEN}")


def test_of_a_long_record_the_beginning_and_the_end_are_kept(log: Log) -> None:
    try:
        raise ValueError("y" * 10_000 + " the end")
    except ValueError:
        logger.exception("it broke")
    [kept] = log.tail()
    assert len(kept) < 2_100
    assert "it broke" in kept
    assert kept.endswith("the end")


def test_a_secret_stays_hidden_when_it_no_longer_holds_and_is_in_no_repr(log: Log) -> None:
    log.hide(["another secret"])
    logger.info("%s and %s", SECRET, "another secret")
    assert log.tail()[-1].endswith(f"{HIDDEN} and {HIDDEN}")
    assert SECRET not in repr(log)


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty")
def test_of_secrets_that_several_threads_name_at_once_each_is_hidden() -> None:
    for _ in range(10):
        log, begin = Log(), threading.Barrier(16)
        secrets = [f"secret number {number:02}" for number in range(begin.parties)]
        threads = [threading.Thread(target=hide, args=(log, begin, each)) for each in secrets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LONG_TIMEOUT)
        assert log._formatter.redact(" ".join(secrets)) == " ".join([HIDDEN] * len(secrets))


def hide(log: Log, begin: threading.Barrier, secret: str) -> None:
    begin.wait(LONG_TIMEOUT)
    log.hide([secret])


def test_while_one_of_two_logs_is_open_nothing_reaches_the_host(home: Path) -> None:
    with open_log(home / "logs") as first:
        with open_log(home / "logs") as second:
            assert second.path != first.path
        assert not logging.getLogger("movie_director").propagate
        logger.info("after the second")
        assert lines(first)[-1].endswith("after the second")
    assert logging.getLogger("movie_director").propagate


# --- written by a thread ------------------------------------------------------------------------------------


def test_a_deferred_log_is_whole_after_its_end_and_leaves_nothing(home: Path) -> None:
    log = open_log(home / "logs", secrets=[SECRET], deferred=True)
    for number in range(500):
        logger.info("record %d with %s", number, SECRET)
    assert log.close(LONG_TIMEOUT)
    assert [line.rpartition("worker: ")[2] for line in lines(log)] == [
        f"record {number} with {HIDDEN}" for number in range(500)
    ]
    assert LINE.fullmatch(lines(log)[0])
    assert own_handlers() == []
    assert [each.name for each in threading.enumerate() if each.name.startswith("md-log")] == []
    with open_log(home / "logs") as next_one:
        assert next_one.path == log.path, "its name is free again"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file that cannot be opened for now: a FIFO")
def test_a_disk_that_hangs_stops_nobody_who_logs(home: Path) -> None:
    (home / "logs").mkdir(parents=True)
    fifo = home / "logs" / "movie-director.log"
    os.mkfifo(fifo)  # to open it is to wait for a reader
    log = open_log(home / "logs", deferred=True)
    for number in range(5_000):
        logger.info("record %d", number)
    assert log.tail()[-1].endswith("record 4999")
    assert not log.close(0.01), "its thread still waits for the disk"
    with open(fifo, "rb") as reader:
        assert reader.readline().endswith(b"record 0\n")
        reader.read()


@pytest.mark.skipif(sys.platform == "win32", reason="fills a pipe until it takes no more")
def test_a_console_that_nobody_reads_stops_neither_who_logs_nor_the_file(home: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writing, b"x" * 512):
            pass
    os.set_blocking(writing, True)
    with open(reading, "rb") as reader, open(writing, "w") as console:
        log = open_log(home / "logs", console=console, console_level=logging.WARNING, deferred=True)
        threads = [each for each in threading.enumerate() if each.name.startswith("md-log")]
        for number in range(300):
            logger.info("quiet")
            logger.warning("record %d", number)
        assert not log.close(0.01), "the console takes nothing"
        read = [reader.readline() for _ in range(300)]
        for each in threads:
            each.join(LONG_TIMEOUT)
            assert not each.is_alive(), each.name
    assert [line.rpartition(b"record ")[2] for line in read] == [b"%d\n" % number for number in range(300)]
    assert len(lines(log)) == 600


def test_a_deferred_log_tells_the_console_what_is_serious(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = open_log(home / "logs", console=sys.stderr, console_level=logging.WARNING, deferred=True)
    logger.info("quiet")
    logger.warning("loud %s", "words")
    assert log.close(LONG_TIMEOUT)
    [line] = capsys.readouterr().err.splitlines()
    assert LINE.fullmatch(line)
    assert line.endswith("worker: loud words")


def test_a_deferred_log_without_a_file_keeps_what_is_in_memory(home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("a file where the folder should be")
    log = open_log(home / "logs", deferred=True)
    logger.error("kept")
    assert log.close(LONG_TIMEOUT)
    assert (log.path, log.problem) == (None, f"{home / 'logs'}: Not a directory")
    assert log.tail()[-1].endswith("kept")


@pytest.mark.skipif(sys.platform == "win32", reason="takes the locks of a system of the POSIX kind away")
def test_a_drive_that_gives_no_locks_is_no_crowd_of_other_processes(home: Path) -> None:
    with no_locks():
        log = open_log(home / "logs")
    log.close()
    problem = f"{home / 'logs'}: files cannot be locked there: No locks available"
    assert (log.path, log.problem) == (None, problem)
