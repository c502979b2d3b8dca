"""Keys and consents in their files: for the user alone, whole at every moment, shared by two processes."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from movie_director.core.consent_document import CONSENT
from movie_director.core.endpoint import Credentials, parse_endpoint
from movie_director.core.errors import ProblemCode
from movie_director.core.keyring import Key, Origin
from movie_director.core.secrets_document import SECRETS, StoredKeys
from movie_director.runtime.kept import Kept
from movie_director.runtime.whole_file import PATIENCE, TAKEN_LIMIT, Taken, WholeFile

from tests.conftest import LONG_TIMEOUT
from tests.programs import running
from tests.settings_kit import full_disk, no_locks, no_more_files

HERE = Origin.parse("http://localhost:4000")
THERE = Origin.parse("https://render.example:8188")
CANARY = Key("canary-key", Credentials("artist", "canary-password"))

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "movie-director" / "secrets.json"


def keys_at(path: Path | None) -> Kept[StoredKeys]:
    kept = Kept(path, SECRETS, private=True)
    kept.look()
    return kept


def keep(path: Path, service: str, key: Key, origin: Origin = HERE) -> Kept[StoredKeys]:
    kept = keys_at(path)
    assert kept.change(lambda keys: keys.with_key(service, origin, key))
    assert kept.save()
    return kept


def put(path: Path, content: str) -> None:
    """Somebody else writes the file, for the user alone."""
    path.parent.mkdir()
    path.touch(0o600)
    path.write_text(content)


def codes(kept: Kept[StoredKeys]) -> list[ProblemCode]:
    return [each.code for each in kept.problems]


def test_a_key_lasts_until_it_is_forgotten(path: Path) -> None:
    keep(path, "litellm", CANARY)
    again = keys_at(path)
    assert (
        again.value.of("litellm").key_for(parse_endpoint("http://127.0.0.1:4000"), (4000,), was_found=False)
        == CANARY
    )
    assert again.value.origins("litellm") == (HERE,)
    again.change(lambda keys: keys.without("litellm", HERE))
    assert again.save()
    assert keys_at(path).value == StoredKeys()
    assert "canary" not in path.read_text()


def test_a_change_holds_at_once_and_is_written_later(path: Path) -> None:
    kept = keys_at(path)
    assert kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY))
    assert (kept.is_dirty, path.exists(), kept.value.secrets[0]) == (True, False, "canary-key")
    assert not kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY)), "nothing new"
    assert kept.save()
    assert not kept.is_dirty
    assert not kept.look(), "what was written by ourselves is no news"


def test_without_a_file_it_holds_for_the_session() -> None:
    kept = keys_at(None)
    kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY))
    assert (kept.is_dirty, kept.save(), kept.look(), kept.value.origins("litellm")) == (
        False,
        True,
        False,
        (HERE,),
    )


@posix
def test_the_file_and_its_folder_are_for_the_user_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        keep(path, "litellm", CANARY)
    finally:
        os.umask(old)
    assert [oct(each.stat().st_mode & 0o777) for each in sorted(path.parent.iterdir())] == ["0o600"] * 2
    assert path.parent.stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_file_that_others_could_read_is_closed_and_that_is_told(path: Path, mode: int) -> None:
    keep(path, "litellm", CANARY)
    path.chmod(mode)
    kept = keys_at(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert codes(kept) == [ProblemCode.KEYS_WERE_OPEN]
    assert kept.value.origins("litellm") == (HERE,), "the keys still serve"
    assert "canary" not in repr(kept.problems)
    path.touch()
    kept.look()
    assert codes(kept) == [ProblemCode.KEYS_WERE_OPEN], "it stays true that somebody may have read them"
    assert codes(keys_at(path)) == []


def test_two_writers_lose_nothing(path: Path) -> None:
    first, second = keys_at(path), keys_at(path)
    first.change(lambda keys: keys.with_key("litellm", HERE, Key("one")))
    second.change(lambda keys: keys.with_key("litellm", THERE, Key("two")))
    with WholeFile(path).locked():
        assert not first.save(), "another writes at this moment"
        assert first.is_dirty
    assert first.save()
    assert second.save()
    assert first.look()
    assert first.value == second.value == keys_at(path).value
    assert first.value.origins("litellm") == (HERE, THERE)


def test_an_unreadable_file_is_kept_aside_when_a_key_is_entered(path: Path) -> None:
    keep(path, "litellm", CANARY)
    path.write_text(path.read_text()[:-5])
    kept = keys_at(path)
    assert (codes(kept), kept.value) == ([ProblemCode.SETTINGS_UNREADABLE], StoredKeys())
    broken = path.read_bytes()
    kept.change(lambda keys: keys.with_key("rvc", HERE, Key("new")))
    assert kept.save()
    aside = path.with_name("secrets-unreadable-1.json")
    assert (aside.read_bytes(), codes(kept)) == (broken, [ProblemCode.SETTINGS_KEPT_ASIDE])
    assert os.name != "posix" or aside.stat().st_mode & 0o077 == 0
    assert "canary" not in repr(kept.problems)
    assert keys_at(path).value.secrets == ("new",)


def test_keys_in_use_outlive_a_file_that_breaks_and_a_full_disk(path: Path) -> None:
    kept = keep(path, "litellm", CANARY)
    path.write_text("{")
    assert kept.look()
    kept.change(lambda keys: keys.with_key("rvc", HERE, Key("new")))
    with full_disk():
        assert not kept.save()
    assert not kept.look()
    assert (codes(kept), path.read_text()) == ([ProblemCode.SETTINGS_NOT_SAVED], "{")
    assert set(kept.value.secrets) == {*CANARY.secrets, "new"}
    assert kept.save()
    assert codes(kept) == [ProblemCode.SETTINGS_KEPT_ASIDE]
    assert set(kept.value.secrets) == set(keys_at(path).value.secrets) == {*CANARY.secrets, "new"}
    assert path.with_name("secrets-unreadable-1.json").read_text() == "{"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"format": "other", "version": 1}',
        '{"format": "movie-director/secrets", "version": "1"}',
    ],
)
def test_what_is_no_file_of_ours(path: Path, content: str) -> None:
    put(path, content)
    assert codes(keys_at(path)) == [ProblemCode.SETTINGS_UNREADABLE]


def test_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    put(path, json.dumps({"format": "movie-director/secrets", "version": 2, "keys": "anything"}))
    before = path.read_bytes()
    kept = keys_at(path)
    kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY))
    assert kept.save()
    assert (path.read_bytes(), codes(kept), kept.is_dirty) == (before, [ProblemCode.SETTINGS_NEWER], False)
    assert kept.value.origins("litellm") == (HERE,), "it holds for this session"


def test_entries_that_make_no_sense_are_left_out(path: Path) -> None:
    path.parent.mkdir()
    nonsense: dict[str, object] = {
        "litellm": {
            "http://localhost:4000": {"api_key": "good"},
            "ftp://localhost": {"api_key": "a"},
            "http://localhost:1": {"api_key": "line\nbreak"},
            "http://localhost:2": {"api_key": "x" * 5000},
            "http://localhost:3": {"api_key": 7},
            "http://localhost:5": "text",
        },
        "Bad Name": {"http://localhost:4000": {"api_key": "b"}},
        "rvc": None,
    }
    path.write_text(json.dumps({"format": "movie-director/secrets", "version": 1, "keys": nonsense}))
    assert keys_at(path).value.secrets == ("good",)


def test_a_disk_that_takes_nothing_is_told_and_tried_again(tmp_path: Path) -> None:
    in_the_way = tmp_path / "movie-director"
    in_the_way.write_text("a file where a folder should be")
    kept = Kept(in_the_way / "secrets.json", SECRETS)
    kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY))
    assert not kept.save()
    assert (codes(kept), kept.is_dirty) == ([ProblemCode.SETTINGS_NOT_SAVED], True)
    in_the_way.unlink()
    assert kept.save()
    assert (codes(kept), kept.is_dirty) == ([], False)


@posix
def test_a_drive_that_gives_no_locks_is_told_and_tried_again(path: Path) -> None:
    kept = keys_at(path)
    kept.change(lambda keys: keys.with_key("litellm", HERE, CANARY))
    with no_locks():
        assert not kept.save()
    [told] = kept.problems
    assert told.code is ProblemCode.SETTINGS_NOT_SAVED
    assert told.parameter("reason") == "files cannot be locked there: No locks available"
    assert kept.save()
    assert (codes(kept), kept.is_dirty) == ([], False)


def test_another_process_is_waited_for_longer_and_longer_and_then_told(path: Path) -> None:
    now = 100.0
    file, pauses = WholeFile(path, clock=lambda: now), []
    with WholeFile(path).locked():
        while now - 100 < TAKEN_LIMIT:
            with pytest.raises(Taken) as caught, file.locked():
                pass
            pauses.append(caught.value.again_in)
            now += caught.value.again_in
        assert pauses[:4] == pytest.approx([0.02, 0.02, 0.04, 0.08])
        assert max(pauses) == pauses[-1] == 1.0
        with pytest.raises(OSError, match="another Blender, or Movie Director"), file.locked():
            pass
    with file.locked():
        pass
    with WholeFile(path).locked(), pytest.raises(Taken), file.locked():
        pass


@posix
def test_a_file_that_the_system_refused_once_is_read_without_a_change_of_it(path: Path) -> None:
    keep(path, "litellm", CANARY)
    kept = Kept(path, SECRETS, private=True)
    with no_more_files():
        assert kept.look()
        assert (codes(kept), kept.value) == ([ProblemCode.SETTINGS_UNREADABLE], StoredKeys())
    assert kept.look()
    assert (codes(kept), kept.value.origins("litellm")) == ([], (HERE,))


def test_nothing_is_written_that_could_not_be_read_again(path: Path) -> None:
    small = dataclasses.replace(SECRETS, limit=200)
    kept = Kept(path, small, private=True)
    kept.change(lambda keys: keys.with_key("rvc", HERE, Key("short")))
    assert kept.save()
    before = path.read_bytes()
    kept.change(lambda keys: keys.with_key("rvc", THERE, Key("k" * 200)))
    assert not kept.save()
    assert (codes(kept), path.read_bytes()) == ([ProblemCode.SETTINGS_NOT_SAVED], before)


class InUse:
    """Gives a file another name, once other programs have had it open for so many tries."""

    def __init__(self, tries: int) -> None:
        self.tries = tries
        self.waited: list[float] = []

    def __call__(self, old: Path, new: Path) -> None:
        if len(self.waited) < self.tries:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(old), 32, str(new))
        os.replace(old, new)


@pytest.mark.parametrize("tries", range(len(PATIENCE) + 1))
def test_a_file_that_is_in_use_for_a_moment_is_replaced_after_it(tmp_path: Path, tries: int) -> None:
    path, held = tmp_path / "settings.json", InUse(tries)
    file = WholeFile(path, pause=held.waited.append, move=held)
    path.write_text("old")
    with file.locked():
        stamp = file.replace("new", 10)
    assert (path.read_text(), file.stamp()) == ("new", stamp)
    assert held.waited == list(PATIENCE[:tries])


def test_a_file_that_stays_in_use_is_left_as_it_was(tmp_path: Path) -> None:
    path, held = tmp_path / "settings.json", InUse(1000)
    file = WholeFile(path, pause=held.waited.append, move=held)
    path.write_text("old")
    with file.locked(), pytest.raises(PermissionError):
        file.replace("new", 10)
    assert (path.read_text(), held.waited) == ("old", list(PATIENCE))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["settings.json", "settings.json.lock"]
    assert sum(PATIENCE) < 0.2, "a stop may have to wait for it"


@pytest.mark.parametrize("tries", range(len(PATIENCE) + 1))
def test_an_unreadable_file_that_is_in_use_for_a_moment_is_kept_aside_after_it(
    tmp_path: Path, tries: int
) -> None:
    path, held = tmp_path / "settings.json", InUse(tries)
    path.write_text("unreadable")
    file = WholeFile(path, pause=held.waited.append, move=held)
    with file.locked():
        stamp, aside = file.replace_unreadable("new", 10)
    assert (aside.read_text(), path.read_text(), file.stamp()) == ("unreadable", "new", stamp)
    assert held.waited == list(PATIENCE[:tries])


def test_an_unreadable_file_keeps_its_name_where_no_other_can_take_its_place(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("unreadable")

    def move(old: Path, new: Path) -> None:
        if old.suffix == ".new":
            raise OSError(errno.EIO, "the disk is broken")
        os.replace(old, new)

    file = WholeFile(path, move=move)
    with file.locked(), pytest.raises(OSError, match="the disk is broken"):
        file.replace_unreadable("new", 10)
    assert path.read_text() == "unreadable"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["settings.json", "settings.json.lock"]


@posix
def test_what_waiting_does_not_mend_is_not_waited_for(tmp_path: Path) -> None:
    path, waited = tmp_path / "settings.json", list[float]()
    path.mkdir()
    file = WholeFile(path, pause=waited.append)
    with file.locked(), pytest.raises(IsADirectoryError):
        file.replace("new", 10)
    assert waited == []


class Watched(type(Path())):  # type: ignore[misc]
    """Calls `used` whenever the system is asked for it."""

    used: Callable[[], object] = staticmethod(lambda: None)

    def __fspath__(self) -> str:
        type(self).used()
        return str(self)


def test_what_another_writes_right_after_us_is_seen(path: Path) -> None:
    """It writes at the first moment at which the lock lets it, once the file holds what we wrote."""
    first, second = Kept(Watched(path), SECRETS), Kept(path, SECRETS)
    second.change(lambda keys: keys.with_key("rvc", HERE, Key("second")))

    def overtake() -> None:
        if path.is_file() and b"first" in path.read_bytes():
            second.save()

    Watched.used = staticmethod(overtake)
    first.change(lambda keys: keys.with_key("litellm", HERE, Key("first")))
    assert first.save()
    assert second.save()
    first.look()
    assert set(first.value.secrets) == {"first", "second"}


def test_consent_lasts_until_it_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "consent.json"
    kept = Kept(path, CONSENT)
    kept.change(lambda allowed: allowed | {THERE})
    assert kept.save()
    again = Kept(path, CONSENT)
    again.look()
    assert again.value == {THERE}
    again.change(lambda allowed: allowed - {THERE})
    assert again.save()
    assert kept.look()
    assert kept.value == frozenset()


_WRITER = """
import sys
from pathlib import Path
from movie_director.core.keyring import Key, Origin
from movie_director.core.secrets_document import SECRETS
from movie_director.runtime.kept import Kept
kept, here = Kept(Path(sys.argv[1]), SECRETS, private=True), Origin.parse("http://localhost:4000")
kept.look()
print("ready", flush=True)
for number in range(100_000):
    kept.change(lambda keys: keys.with_key("litellm", here, Key(f"key-{number}-" + "x" * 2000)))
    kept.save()
"""


@pytest.mark.faults
@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_a_writer_that_is_killed_leaves_a_whole_file(path: Path) -> None:
    for _ in range(5):
        with running(_WRITER, path) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            stamps = WholeFile(path)
            before = stamps.stamp()
            while stamps.stamp() == before:
                pass
            writer.send_signal(signal.SIGKILL)
            writer.wait(LONG_TIMEOUT)
        kept = keys_at(path)
        assert (codes(kept), len(kept.value.secrets)) == ([], 1)
        assert kept.value.secrets[0].startswith("key-")
