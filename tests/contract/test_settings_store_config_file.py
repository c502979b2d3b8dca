"""The store and the config file: read again when it changes, and told what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from movie_director.core.config_document import template
from movie_director.core.errors import ProblemCode
from movie_director.core.schema import Layer
from movie_director.transport import vendored

from tests.settings_kit import SCHEMA
from tests.store_kit import Store, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


@pytest.fixture
def config(path: Path) -> Path:
    return path.with_name("config.toml")


def test_the_config_file_is_read_again_when_it_changes(path: Path, config: Path) -> None:
    put(config, '[comfyui]\nurl = "http://one:1"\n')
    with Store(path) as store:
        found = store.store.newest.effective.get("comfyui", "url")
        assert (found.value, found.detail) == ("http://one:1", f"{config}, line 2")
        put(config, '\n\n[comfyui]\nurl = "http://two:1"\n')
        view = store.until(lambda view: view.effective.get("comfyui", "url").value == "http://two:1")
        assert view.effective.get("comfyui", "url").detail == f"{config}, line 4"
        config.unlink()
        store.until(lambda view: view.effective.get("comfyui", "url").layer is Layer.DEFAULT)


def test_a_config_file_that_breaks_changes_nothing_until_it_is_mended(path: Path, config: Path) -> None:
    put(config, '[comfyui]\nurl = "http://one:1"\n')
    with Store(path) as store:
        put(config, "[comfyui]\nurl = http://two:1\n")
        view = store.until(lambda view: bool(view.problems))
        assert view.effective.get("comfyui", "url").value == "http://one:1"
        [problem] = view.problems
        assert problem.code is ProblemCode.SETTINGS_UNREADABLE
        assert problem.parameter("where") == str(config)
        assert "line 2" in str(problem.parameter("reason"))
        put(config, '[comfyui]\nurl = "http://two:1"\n')
        view = store.until(lambda view: not view.problems)
        assert view.effective.get("comfyui", "url").value == "http://two:1"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"timeout", "Expected '=' after a key in a key/value pair (at end of document)"),
        (b"a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
        (b'x = "\xff"', "it is not written in UTF-8"),
        (b"a = " + b"[" * 5000, None),
        (b"a = " + b"9" * 5000, "a number in it is too long"),
        (b"#" * (1024 * 1024 + 1), "it is larger than 1048576 bytes"),
    ],
)
def test_what_is_no_toml_is_told(path: Path, config: Path, content: bytes, reason: str | None) -> None:
    config.parent.mkdir(parents=True)
    config.write_bytes(content)
    with Store(path) as store:
        [problem] = store.store.newest.problems
        assert problem.code is ProblemCode.SETTINGS_UNREADABLE
        assert reason is None or problem.parameter("reason") == reason


@pytest.mark.parametrize("name", ["config.yaml", "config.yml", "config.json"])
def test_another_format_is_refused_with_the_right_one(path: Path, name: str) -> None:
    put(path.with_name(name), "comfyui:\n  url: http://one:1\n")
    for store in (Store(path), Store(path, config=path.with_name(name), named=True)):
        with store:
            [problem] = store.store.newest.problems
            assert problem.parameter("where") == str(path.with_name(name))
            assert "write the settings into config.toml" in str(problem.parameter("reason"))


def test_another_format_beside_a_config_file_disturbs_nobody(path: Path, config: Path) -> None:
    put(config, "auto_connect = false\n")
    put(path.with_name("config.json"), "{}")
    with Store(path) as store:
        assert store.store.newest.problems == ()
        assert store.get("", "auto_connect") == (False, Layer.FILE)


def test_a_config_file_that_was_named_must_be_there(path: Path, config: Path) -> None:
    with Store(path, named=True) as store:
        [problem] = store.store.newest.problems
        assert problem.parameter("reason") == "there is no such file"
        put(config, "auto_connect = false\n")
        store.until(lambda view: not view.problems)
        assert store.get("", "auto_connect") == (False, Layer.FILE)


def test_the_template_is_a_config_file_that_changes_nothing(path: Path, config: Path) -> None:
    lines = template(SCHEMA).splitlines()
    without_marks = [line[2:] if line.startswith("# ") and " = " in line else line for line in lines]
    put(config, "\n".join(without_marks))
    assert vendored.tomli.loads(template(SCHEMA)) == {each.name: {} for each in SCHEMA.services}
    with Store(path) as store:
        assert store.store.newest.problems == ()
        for key, setting in SCHEMA:
            if Layer.FILE in setting.layers:
                found = store.store.newest.effective.get(key.service, key.name)
                assert (found.value, found.layer) == (SCHEMA.default(key), Layer.FILE)
