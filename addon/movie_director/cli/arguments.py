# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what may stand on it, and clear sentences for what may not.

Options may stand before or after the command. Nothing heavy is imported here, so that ``--help`` and
``--version`` answer at once.
"""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from .. import VERSION
from ..core.registry import MAKES

PROGRAM = "movie-director"


class UsageError(Exception):
    """The command line cannot be understood; the text is a sentence for the user."""


class Finished(Exception):
    """Help or version was asked for; the text is what to print."""


@dataclass(frozen=True)
class Options:
    """What the user asked for."""

    command: str
    target: str | None = None
    """For ``test``: the service or URL; for ``config``: the file."""
    json: bool = False
    verbose: bool = False
    urls: tuple[str, ...] = ()
    """``SERVICE=URL``, not checked yet."""
    make: str | None = None
    """For ``services``: what they are to make; None for anything."""
    ready: bool = False
    """For ``services``: only those that are ready."""
    deep: bool = False
    """For ``discover``: every port of this computer."""
    mdns: bool = False
    """For ``discover``: ask the local network as well."""
    action: str = ""
    """For ``config``: one of `CONFIG_ACTIONS`."""
    output: str | None = None
    """For ``diagnostics``: the file to write; None for standard output."""
    force: bool = False
    """For ``config export``: replace a file that is already there."""


@dataclass(frozen=True)
class Command:
    """One command, as its help tells of it."""

    summary: str
    description: str
    examples: tuple[tuple[str, str], ...]
    takes_target: bool = False
    takes_query: bool = False
    looks_around: bool = False
    takes_action: bool = False
    writes_file: bool = False


CONFIG_ACTIONS = {
    "show": False,
    "check": False,
    "path": False,
    "template": False,
    "export": True,
    "import": True,
}
"""What ``config`` can do, and whether that takes a file."""

COMMANDS = {
    "discover": Command(
        "look what answers where on this computer",
        "Look at the usual addresses of all services, and at those you configured, and list what answers"
        " there, other programs included. Ends with 0 if every required service was found, else 1.",
        (
            ("discover", "everything on this computer"),
            ("discover --json", "the same for a script"),
            ("discover --url comfyui=http://192.168.1.20:8188", "look at that address as well"),
            ("discover --deep", "every port on which a program listens"),
        ),
        looks_around=True,
    ),
    "status": Command(
        "connect to all services, show how each of them is, and end",
        "Connect to all services, wait until each is connected or has failed once (5 seconds at most), and"
        " show how they are. Ends with 0 if every required service can be used, else 1.",
        (
            ("status", "a table, and what to do about each problem"),
            ("status --json", "everything that is known, for a script"),
            ("status --verbose", "the same with technical details and the log"),
        ),
    ),
    "services": Command(
        "who can make what, ready or not",
        "Connect to all services, read what they can do, and list those that can make what you ask for: ready"
        " ones first, the least busy first. Of a service that is down it tells what it could do when it was"
        " last seen. Ends with 0 if one that matches is ready, else 1.",
        (
            ("services", "everything that can be made"),
            ("services --make video", "who makes video"),
            ("services --make text --ready --json", "for a script"),
        ),
        takes_query=True,
    ),
    "watch": Command(
        "stay connected and show every change, until Ctrl-C",
        "Stay connected to all services and show how they are, live, with the last changes below. Where"
        " the output is no terminal, or with --json, each change is one line. Ctrl-C ends it with 130.",
        (
            ("watch", "a live table"),
            ("watch | tee changes.txt", "one line per change"),
            ("watch --json", "one JSON document per change"),
        ),
    ),
    "test": Command(
        "test the connection to one service, all of them, or a URL, layer by layer",
        "Test step by step: is the computer found, does a program listen, does it answer, is it the right"
        " one, does it accept the key, can it work? Without SERVICE or URL all services are tested at the"
        " same time. Ends with 0 if the test passed (without an argument: those of all required services).",
        (
            ("test", "all services"),
            ("test comfyui", "one service"),
            ("test http://192.168.1.20:8188", "whatever answers at an address"),
        ),
        takes_target=True,
    ),
    "config": Command(
        "the settings: what holds, where it comes from, and what is wrong with it",
        "Show every setting with its value and who says so: the environment, the config file, the"
        " preferences, or nobody. Check them (ends with 1 if something is wrong), say where the files lie,"
        " print a config file to begin with, or carry the settings and profiles to another computer.",
        (
            ("config show", "every setting, and where it comes from"),
            ("config check", "only what is wrong"),
            ("config path", "where the files lie"),
            ("config template", "a config file in which all is a comment"),
            ("config export settings.json", "take everything but keys along"),
            ("config import settings.json", "to another computer"),
        ),
        takes_action=True,
    ),
    "diagnostics": Command(
        "all that a report about a problem needs, without keys and names",
        "Connect to all services, and write down versions, settings and where they come from, how every"
        " service is, what changed last, and the ends of the logs, ready to be pasted into an issue. Keys,"
        " passwords, your user name and home folder and the name of this computer are taken out. Ends with"
        " 0 however the services are.",
        (
            ("diagnostics", "to read, and to copy"),
            ("diagnostics --output report.md", "into a file"),
            ("diagnostics --json --output report.json", "for a script"),
        ),
        writes_file=True,
    ),
}

OPTIONS = ("--json", "--url", "--verbose", "--version", "--help")
QUERY_OPTIONS = ("--make", "--ready")
LOOK_OPTIONS = ("--deep", "--mdns")
FILE_OPTIONS = ("--output",)
ACTION_OPTIONS = ("--force",)
_OPTIONS_WITH_VALUE = ("--url", "--make", "--output")
_EXAMPLE_VALUES = {"--make": "video", "--output": "report.md"}


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line without the name of the program; raises `UsageError` or `Finished`."""
    command, others = _split_command(arguments)
    parser = _parser(command)
    found, unknown = parser.parse_known_args(others)
    if found.version:
        raise Finished(f"{PROGRAM} {'.'.join(map(str, VERSION))}")
    if found.help:
        raise Finished(parser.format_help().rstrip())
    if command is None and unknown:
        raise UsageError(f"'{unknown[0]}' is not an option. {nearest_or_all(unknown[0], OPTIONS)}")
    if command is None:
        raise UsageError(f"A command is missing. Choose from {', '.join(COMMANDS)}.")
    if command not in COMMANDS:
        raise UsageError(f"'{command}' is not a command. {nearest_or_all(command, COMMANDS)}")
    if unknown:
        raise UsageError(_unknown_argument(command, unknown[0]))
    make = getattr(found, "make", None)
    if make is not None and make not in MAKES:
        raise UsageError(f"'{make}' cannot be asked for. {nearest_or_all(make, MAKES)}")
    return Options(
        command,
        getattr(found, "target", None),
        found.json,
        found.verbose,
        tuple(found.url),
        make,
        getattr(found, "ready", False),
        getattr(found, "deep", False),
        getattr(found, "mdns", False),
        _action(found) if COMMANDS[command].takes_action else "",
        getattr(found, "output", None),
        getattr(found, "force", False),
    )


def _action(found: argparse.Namespace) -> str:
    """What ``config`` is to do; raises `UsageError`."""
    action, file = found.action or "show", found.target
    if action not in CONFIG_ACTIONS:
        raise UsageError(
            f"'{action}' is nothing that config can do. {nearest_or_all(action, CONFIG_ACTIONS)}"
        )
    if CONFIG_ACTIONS[action] and file is None:
        raise UsageError(f"config {action} needs a file. Write it like config {action} settings.json.")
    if not CONFIG_ACTIONS[action] and file is not None:
        raise UsageError(f"'{file}' is too much: config {action} takes no file.")
    if found.force and action != "export":
        raise UsageError(f"--force is too much: config {action} writes no file.")
    return str(action)


def _split_command(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take the first word that is neither an option nor the value of one out of the arguments."""
    others = list(arguments)
    for index, word in enumerate(others):
        if not word.startswith("-") and (index == 0 or others[index - 1] not in _OPTIONS_WITH_VALUE):
            return others.pop(index), others
    return None, others


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        option, _, rest = message.removeprefix("argument ").partition(": ")
        if "expected" in rest:
            example = _EXAMPLE_VALUES.get(option, "comfyui=http://127.0.0.1:8188")
            raise UsageError(f"{option} needs a value. Write it like {option} {example}.")
        raise UsageError(f"{option} takes no value ({rest or message}).")


def _parser(command: str | None) -> argparse.ArgumentParser:
    known = COMMANDS.get(command or "")
    parser = _Parser(
        prog=PROGRAM,
        usage=_usage(command if known else None, known),
        description=known.description if known else "Find, test and watch the AI services for your film.",
        epilog=_examples(known) if known else _commands(),
        formatter_class=_HelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    if known and known.takes_target:
        parser.add_argument(
            "target", nargs="?", metavar="SERVICE|URL", help="what to test; all services if left out"
        )
    if known and known.takes_action:
        actions = ", ".join(CONFIG_ACTIONS)
        parser.add_argument("action", nargs="?", metavar="ACTION", help=f"{actions}; show if left out")
        parser.add_argument("target", nargs="?", metavar="FILE", help="of export and import")
    options = parser.add_argument_group("options")
    if known and known.takes_query:
        options.add_argument("--make", metavar="WHAT", help=f"what is to be made: {', '.join(MAKES)}")
        options.add_argument("--ready", action="store_true", help="only services that are ready now")
    if known and known.looks_around:
        options.add_argument("--deep", action="store_true", help="look at every port in use here")
        options.add_argument(
            "--mdns", action="store_true", help="also ask the local network (sends multicast)"
        )
    if known and known.takes_action:
        options.add_argument("--force", action="store_true", help="of export: replace a file that is there")
    if known and known.writes_file:
        options.add_argument("--output", metavar="FILE", help="write the report to this file")
    options.add_argument("--json", action="store_true", help="print JSON, described in docs/json.md")
    options.add_argument(
        "--url",
        action="append",
        default=[],
        metavar="SERVICE=URL",
        help="where a service is, as in comfyui=http://127.0.0.1:8188; may be repeated, and wins over"
        " MOVIE_DIRECTOR_<SERVICE>_URL; an empty URL means: find it",
    )
    options.add_argument("--verbose", action="store_true", help="show technical details, and the log")
    options.add_argument("--version", action="store_true", help="print the version and end")
    options.add_argument("-h", "--help", action="store_true", help="print this help and end")
    return parser


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=92)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Wrap the description, which is one line, and leave the epilog as it is."""
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return argparse.HelpFormatter._fill_text(self, text, width, indent)


def _usage(command: str | None, known: Command | None) -> str:
    if known is None:
        return f"{PROGRAM} [options] COMMAND"
    takes = " [SERVICE|URL]" if known.takes_target else " [ACTION [FILE]]" if known.takes_action else ""
    return f"{PROGRAM} [options] {command}{takes}"


def _commands() -> str:
    lines = ["commands:", *(f"  {name:<12}{command.summary}" for name, command in COMMANDS.items())]
    return "\n".join(
        [
            *lines,
            "",
            "examples:",
            *(_example(*command.examples[0]) for command in COMMANDS.values()),
            "",
            f"More of one command: {PROGRAM} COMMAND --help",
            "Exit codes: 0 ready, 1 something required is not, 2 wrong use or set-up, 130 Ctrl-C.",
        ]
    )


def _examples(command: Command) -> str:
    return "\n".join(["examples:", *(_example(*example) for example in command.examples)])


def _example(words: str, meaning: str) -> str:
    return f"  {PROGRAM + ' ' + words:<64}{meaning}".rstrip()


def _unknown_argument(command: str, word: str) -> str:
    if not word.startswith("-"):
        if COMMANDS[command].takes_target:
            return f"'{word}' is too much: {command} takes one SERVICE or URL."
        if COMMANDS[command].takes_action:
            return f"'{word}' is too much: {command} takes one action and one file."
        return f"'{word}' is too much: {command} takes no argument."
    name = word.partition("=")[0]
    return f"'{name}' is not an option of {command}. {nearest_or_all(name, _options_of(COMMANDS[command]))}"


def _options_of(command: Command) -> tuple[str, ...]:
    own = {
        QUERY_OPTIONS: command.takes_query,
        LOOK_OPTIONS: command.looks_around,
        FILE_OPTIONS: command.writes_file,
        ACTION_OPTIONS: command.takes_action,
    }
    return (*(name for names, has in own.items() if has for name in names), *OPTIONS)


def nearest_or_all(word: str, known: Iterable[str]) -> str:
    """A sentence that helps with a word that is not `known`."""
    choices = list(known)
    nearest = difflib.get_close_matches(word.lower(), choices, n=1)
    return f"Did you mean '{nearest[0]}'?" if nearest else f"Choose from {', '.join(choices)}."
