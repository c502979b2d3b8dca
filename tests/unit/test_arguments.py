"""The command line: everything that may stand on it, and a clear sentence for everything else."""

from __future__ import annotations

import pytest
from movie_director.cli.arguments import COMMANDS, Finished, Options, UsageError, parse

EVERY = "discover, status, services, watch, test, config, diagnostics"


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("status", Options("status")),
        ("status --json --verbose", Options("status", json=True, verbose=True)),
        ("--json status", Options("status", json=True)),
        ("--url a=1 test comfyui --url b=2", Options("test", "comfyui", urls=("a=1", "b=2"))),
        ("test --url=a=1 http://host:1", Options("test", "http://host:1", urls=("a=1",))),
        ("--verbose test", Options("test", verbose=True)),
        ("watch", Options("watch")),
        ("discover", Options("discover")),
        ("--deep discover --mdns", Options("discover", deep=True, mdns=True)),
        ("services", Options("services")),
        ("services --make video --ready", Options("services", make="video", ready=True)),
        ("--make=text services --json", Options("services", json=True, make="text")),
        ("--make sound services", Options("services", make="sound")),
        ("test -- comfyui", Options("test", "comfyui")),
        ("--force config export a", Options("config", "a", action="export", force=True)),
        ("--output a.md diagnostics --json", Options("diagnostics", json=True, output="a.md")),
    ],
)
def test_options_may_stand_anywhere(line: str, options: Options) -> None:
    assert parse(line.split()) == options


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", f"A command is missing. Choose from {EVERY}."),
        ("--json", f"A command is missing. Choose from {EVERY}."),
        ("stat", "'stat' is not a command. Did you mean 'status'?"),
        ("Status", "'Status' is not a command. Did you mean 'status'?"),
        ("dance", f"'dance' is not a command. Choose from {EVERY}."),
        ("status comfyui", "'comfyui' is too much: status takes no argument."),
        ("test a b", "'b' is too much: test takes one SERVICE or URL."),
        ("status --jsn", "'--jsn' is not an option of status. Did you mean '--json'?"),
        ("status --verb", "'--verb' is not an option of status. Did you mean '--verbose'?"),
        ("-x", "'-x' is not an option. Choose from --json, --url, --verbose, --version, --help."),
        ("status --url", "--url needs a value. Write it like --url comfyui=http://127.0.0.1:8188."),
        ("diagnostics --output", "--output needs a value. Write it like --output report.md."),
        ("services --make", "--make needs a value. Write it like --make video."),
        ("services --make vidio", "'vidio' cannot be asked for. Did you mean 'video'?"),
        ("services --make x", "'x' cannot be asked for. Choose from image, video, text, voice, sound."),
        ("services --redy", "'--redy' is not an option of services. Did you mean '--ready'?"),
        (
            "status --make video",
            "'--make' is not an option of status. Choose from --json, --url, --verbose, --version, --help.",
        ),
        ("discover --dep", "'--dep' is not an option of discover. Did you mean '--deep'?"),
        (
            "status --mdns",
            "'--mdns' is not an option of status. Choose from --json, --url, --verbose, --version, --help.",
        ),
        ("config shwo", "'shwo' is nothing that config can do. Did you mean 'show'?"),
        ("config export", "config export needs a file. Write it like config export settings.json."),
        ("config show a", "'a' is too much: config show takes no file."),
        ("config import a --force", "--force is too much: config import writes no file."),
        ("config export a --forse", "'--forse' is not an option of config. Did you mean '--force'?"),
        ("config import a b", "'b' is too much: config takes one action and one file."),
        ("status --json=yes", "--json takes no value (ignored explicit argument 'yes')."),
    ],
)
def test_mistakes_are_named(line: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(line.split())
    assert str(caught.value) == sentence


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself_with_examples(command: str, option: str) -> None:
    with pytest.raises(Finished) as caught:
        parse([command, option])
    text = str(caught.value)
    assert text.startswith(f"usage: movie-director [options] {command}")
    for words, meaning in COMMANDS[command].examples:
        assert f"movie-director {words} " in text
        assert meaning in text
    assert max(map(len, text.splitlines())) <= 110


def test_the_help_names_every_command_and_the_exit_codes() -> None:
    with pytest.raises(Finished) as caught:
        parse(["--help"])
    text = str(caught.value)
    for name, command in COMMANDS.items():
        assert f"  {name:<12}{command.summary}\n" in text
    assert "Exit codes: 0 ready, 1 something required is not" in text


def test_the_version() -> None:
    with pytest.raises(Finished, match=r"^movie-director \d+\.\d+\.\d+$"):
        parse(["--version"])


def test_every_example_can_be_understood() -> None:
    for command in COMMANDS.values():
        for words, _ in command.examples:
            assert parse(words.partition(" |")[0].split()).command in COMMANDS
