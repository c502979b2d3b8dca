"""A secret of its own is entered everywhere where one can be entered; none comes out anywhere.

Of Blender there is more to enter and to search: its scenarios use `tests.canary` as well.
"""

from __future__ import annotations

import base64
import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from movie_director.backends import backends
from movie_director.core.checking import check
from movie_director.core.documents import Document
from movie_director.core.endpoint import Credentials, parse_url
from movie_director.core.environment import read_environment, settings_from_environment
from movie_director.core.errors import ConfigError
from movie_director.core.keyring import Key, Origin, split_credentials
from movie_director.core.profiles import portable
from movie_director.core.project_layer import read_project
from movie_director.core.schema import Key as Name
from movie_director.core.schema import Setting
from movie_director.core.secrets_document import SECRETS, StoredKeys
from movie_director.core.settings_exchange import read_import
from movie_director.runtime.kept import Kept

from tests.canary import Canaries, Harvest, spellings
from tests.cli_kit import run as run_command
from tests.conftest import LONG_TIMEOUT
from tests.servers.comfyui import ComfyServer
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.setups import Setup
from tests.settings_kit import SCHEMA

INPUTS = ("secrets.json", "config.toml", "settings.json", "brought.json")
"""Where a secret is kept, or was written by the hand of the user."""

COMMANDS = [
    "status --json",
    "status --verbose",
    "services --json",
    "services",
    "discover --json --verbose",
    "discover",
    "test --json",
    "test litellm --verbose",
    "config show",
    "config show --json",
    "config check",
    "config check --json",
    "config path --json",
    "config template",
    "config import {brought}",
    "config export {exported}",
    "diagnostics",
    "diagnostics --json --verbose",
    "diagnostics --output {report}",
    "diagnostics --url litellm={url}",
    "test {url}",
    "test {url} --json --verbose",
    "status --url comfyui={url}",
    "status --url {url}",
    "status --url nobody={url}",
    "{url}",
]
FAULTY = ["status", *(each for each in COMMANDS if each.startswith(("config", "diagnostics")))]
"""What is run when the settings are full of mistakes: the others end with the first of them."""


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


def test_the_search_finds_every_spelling() -> None:
    canaries = Canaries()
    secret = canaries.new("somewhere")
    for written in spellings(secret):
        harvest = Harvest(canaries)
        harvest.add("text", b"before " + written + b" after")
        assert harvest.leaks(), written
    harvest = Harvest(canaries)
    harvest.add("header", b"Basic " + base64.b64encode(f"ada:{secret}".encode()))
    assert harvest.leaks()


# --- the terminal, with real servers ------------------------------------------------------------------------


def run(command: str, environment: Mapping[str, str]) -> tuple[str, str]:
    _, output, errors = run_command(*command.split(), timeout=LONG_TIMEOUT * 2, **environment)
    assert "Traceback" not in errors
    return output, errors


def entered(canaries: Canaries, home: Path, comfy: ComfyServer, litellm: LiteLLMServer) -> dict[str, str]:
    """Enter a secret wherever the terminal has a place for one; the environment to run it in."""
    home.mkdir()
    login = canaries.new("password-in-a-variable")
    comfy.faults.basic_auth = f"ada:{login}"
    kept = Credentials("ada", canaries.new("kept-password"))
    stored = StoredKeys().with_key("litellm", Origin.parse(litellm.url), Key(litellm.setup.master_key))
    stored = stored.with_key("rvc", Origin.parse("http://localhost:1"), Key(credentials=kept))
    (home / "secrets.json").touch(0o600)
    (home / "secrets.json").write_text(SECRETS.written(stored))
    return {
        "MOVIE_DIRECTOR_HOME": str(home),
        "MOVIE_DIRECTOR_LOG": "debug",
        "MOVIE_DIRECTOR_COMFYUI_URL": with_login(comfy.url, login),
        "MOVIE_DIRECTOR_LITELLM_URL": litellm.url,
        "MOVIE_DIRECTOR_RVC_API_KEY": canaries.new("key-in-a-variable"),
    }


def entered_wrongly(canaries: Canaries, home: Path) -> dict[str, str]:
    """Write secrets to where they do not belong; what is wrong in the environment."""
    (home / "config.toml").write_text(
        f'[wan2gp]\nurl = "http://ada:{canaries.new("toml-url")}@127.0.0.1:1"\n'
        f'api_key = "{canaries.new("toml-key")}"\n'
        f'custom_data = {{ api_key = "{canaries.new("toml-custom")}" }}\n'
    )
    for name in ("settings.json", "brought.json"):
        services = {
            "audioldm": {
                "url": f"http://ada:{canaries.new(f'{name}-url')}@127.0.0.1:1",
                "api_key": canaries.new(f"{name}-key"),
                "custom_data": {"password": canaries.new(f"{name}-custom")},
            }
        }
        document = {"format": "movie-director/settings", "version": 3, "settings": {"services": services}}
        document["profiles"] = {"Night": {"services": services}}
        (home / name).write_text(json.dumps(document))
    return {"MOVIE_DIRECTOR_RVC_APIKEY": canaries.new("misspelt-variable")}


def with_login(url: str, password: str) -> str:
    return url.replace("//", f"//ada:{password.replace('/', '%2F')}@")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_that_the_terminal_says_or_writes_holds_a_secret(canaries: Canaries, tmp_path: Path) -> None:
    key = canaries.new("key-of-litellm")
    # The worst of servers: it repeats the key that it was shown.
    setup = Setup(master_key=key, added={f"model-{key}": "openai/x"})
    home, harvest = tmp_path / "home", Harvest(canaries)
    with ComfyServer() as comfy, LiteLLMServer(setup=setup) as litellm:
        environment = entered(canaries, home, comfy, litellm)
        places = {
            "url": with_login(comfy.url, canaries.new("password-on-the-command-line")),
            "brought": home / "brought.json",
            "exported": home / "exported.json",
            "report": home / "report.md",
        }
        for wrongly in (False, True):
            if wrongly:
                environment |= entered_wrongly(canaries, home)
            for command in FAULTY if wrongly else COMMANDS:
                said = "".join(run(command.format(**places), environment))
                harvest.add(command, said)
    harvest.add_files(home, leave_out=INPUTS)
    assert harvest.leaks() == []
    assert "model-\\u2022" in harvest.text("services --json"), "the server was asked with its key"
    for name in ("exported.json", "remembered.json", "movie-director.log", "report.md"):
        assert name in harvest.names, "it must have been written to be searched"
    assert "litellm: connecting -> connected" in harvest.text("movie-director.log")
    assert key in (home / "secrets.json").read_text(), "there, and only there"


# --- values, errors and their chains ------------------------------------------------------------------------


def failures(canaries: Canaries) -> Iterator[ConfigError]:
    """Every way to be refused with a secret in one's hands."""
    attempts = {
        "bad-port": lambda text: parse_url(f"http://ada:{text}@localhost:99999"),
        "bad-scheme": lambda text: split_credentials(f"ftp://ada:{text}@localhost"),
        "split": lambda text: split_credentials(f"http://ada:{text}@local host"),
        "url": lambda text: check(_setting("url"), f"http://ada:{text}@localhost"),
        "key": lambda text: check(_setting("api_key"), f"{text} with a space"),
        "custom": lambda text: check(_setting("custom_data"), {"token": text}),
        "custom-text": lambda text: check(_setting("custom_data"), f'{{"password": "{text}"'),
        "import": lambda text: read_import(SCHEMA, f'{{"api_key": "{text}"'.encode(), "brought.json"),
        "strict": lambda text: settings_from_environment(
            ["litellm"], {"MOVIE_DIRECTOR_LITELLM_URL": f"http://ada:{text}@localhost:0"}
        ),
    }
    for place, attempt in attempts.items():
        with pytest.raises(ConfigError) as caught:
            attempt(canaries.new(place).replace("/", "%2F"))
        yield caught.value


def _setting(name: str) -> Setting:
    setting = SCHEMA.find(Name("litellm", name))
    assert setting is not None
    return setting


def test_no_error_repeats_a_secret_in_its_whole_chain(canaries: Canaries) -> None:
    harvest = Harvest(canaries)
    for number, error in enumerate(failures(canaries)):
        harvest.add(f"chain {number}", "".join(traceback.format_exception(error)))
        harvest.add(f"problem {number}", repr(error.problem))
    assert harvest.leaks() == []


def test_no_value_shows_a_secret(canaries: Canaries) -> None:
    environment = {
        "MOVIE_DIRECTOR_LITELLM_API_KEY": canaries.new("variable"),
        "MOVIE_DIRECTOR_LITELLM_URL": f"http://ada:{canaries.new('url').replace('/', '%2F')}@localhost:4000",
        "MOVIE_DIRECTOR_LITELLM_CUSTOM_DATA": f'{{"secret": "{canaries.new("custom")}"}}',
    }
    layer, problems = read_environment(SCHEMA, environment)
    project = read_project(
        SCHEMA, {"litellm": {"api_key": canaries.new("project"), "token": canaries.new("token")}}
    )
    stored = StoredKeys().with_key("rvc", Origin.parse("http://localhost"), Key(canaries.new("stored")))
    settings = settings_from_environment(
        ["litellm"], {**environment, "MOVIE_DIRECTOR_LITELLM_CUSTOM_DATA": ""}
    )
    harvest = Harvest(canaries)
    for each in (layer, problems, project, stored, settings, portable(layer.values), layer.values):
        harvest.add(type(each).__name__, f"{each!r} {each!s}")
    assert harvest.leaks() == []
    assert set(settings.secrets) >= {canaries.by_place["variable"], canaries.by_place["url"]}


def test_an_unreadable_file_of_keys_is_told_without_its_content(
    canaries: Canaries, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document: Document[StoredKeys] = SECRETS
    path = tmp_path / "secrets.json"
    path.touch(0o600)
    path.write_text(f'{{"format": "movie-director/secrets", "keys": {{"api_key": "{canaries.new("broken")}"')
    kept = Kept(path, document, private=True)
    with caplog.at_level(logging.DEBUG):
        kept.look()
        kept.change(
            lambda keys: keys.with_key("rvc", Origin.parse("http://localhost"), Key(canaries.new("new")))
        )
        assert kept.save()
    harvest = Harvest(canaries)
    harvest.add("log", caplog.text)
    harvest.add("problems", repr(kept.problems))
    assert harvest.leaks() == []
    assert len(kept.problems) == 1


def test_every_service_is_covered() -> None:
    """A further service whose key could be entered is entered above, or shares the way of another."""
    assert {backend.name for backend in backends()} == {"comfyui", "litellm", "rvc", "wan2gp", "audioldm"}
