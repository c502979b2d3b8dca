"""A file that the user named is written as a whole, or is as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from movie_director.runtime.named_file import write_named

from tests.settings_kit import full_disk

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_file_is_written_whether_it_is_there_or_not(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    for text in ("first: ä\n", "second\n"):
        write_named(path, text)
        assert path.read_bytes() == text.encode("utf-8")
    assert names_in(tmp_path) == ["export.json"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("kept")
    for path in (kept, tmp_path / "new.json"):
        with full_disk(), pytest.raises(OSError, match="No space left"):
            write_named(path, "new")
    assert (kept.read_text(), names_in(tmp_path)) == ("kept", ["kept.json"])


def test_a_file_of_the_user_with_a_name_like_ours_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "export.json.new"
    other.write_text("of the user")
    write_named(tmp_path / "export.json", "new")
    assert (other.read_text(), names_in(tmp_path)) == ("of the user", ["export.json", "export.json.new"])


@posix
def test_a_link_stays_one_and_rights_stay_as_they_were(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("old")
    real.chmod(0o604)
    link.symlink_to(real)
    write_named(link, "new")
    assert (link.is_symlink(), real.read_text(), real.stat().st_mode & 0o777) == (True, "new", 0o604)


def test_a_file_that_may_not_be_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    path.write_text("old")
    monkeypatch.setattr("os.access", lambda *_: False)  # for the administrator, who may write anything
    with pytest.raises(PermissionError) as caught:
        write_named(path, "new")
    assert (caught.value.errno, path.read_text()) == (errno.EACCES, "old")


@posix
def test_a_pipe_gets_the_text(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as reader:
        write_named(Path(f"/dev/fd/{writing}"), "text\n")
        os.close(writing)
        assert reader.read() == b"text\n"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises((IsADirectoryError, PermissionError)):
        write_named(tmp_path, "text")
