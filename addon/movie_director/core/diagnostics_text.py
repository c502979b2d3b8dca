# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of `core.diagnostics` as Markdown, to be pasted into an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .errors import Parameter
from .messages import message, text
from .schema import Layer
from .serialisation import Json

SECTION_SIZE = 6_000
"""Characters of one section; a log has as much room as `core.diagnostics` gave it."""
_BACKTICKS = re.compile("`+")
_COLUMN = 34


def diagnostics_text(document: Json) -> str:
    """The document in words, at most about 55,000 characters; GitHub takes 65,536.

    What is not ours stands in code blocks, so that nobody's text is read as Markdown or notifies somebody.
    """
    parts = [f"## {_word('title')}", _word("what-is-in-it"), _word("what-to-add")]
    for title, section in _sections(document):
        shown = _bounded(list(section))
        if shown:
            parts.append(f"### {title}\n\n{_block(shown)}")
    for log in document["logs"]:
        lines = [_word("left-out", count=log["left_out"])] if log["left_out"] else []
        lines += [line for record in log["records"] for line in record.split("\n")]
        if lines:
            title = text(message("diagnostics.log", name=log["name"]))
            parts.append(f"### {title}\n\n{_block(lines)}")
    return "\n\n".join(parts) + "\n"


def _sections(document: Json) -> Iterator[tuple[str, Iterator[str]]]:
    yield _word("problems"), _problems(document)
    yield _word("services"), _services(document)
    yield _word("versions"), _versions(document)
    yield _word("settings"), _settings(document)
    yield _word("tests"), _tests(document)
    yield _word("changes"), (f"{each['at']} {each['label']}: {each['text']}" for each in document["changes"])
    yield _word("mistakes"), iter(document["mistakes"])


def _problems(document: Json) -> Iterator[str]:
    found = [each["problem"] for each in document["services"] if each["problem"] is not None]
    found += document["settings_problems"]
    for each in found:
        yield from _problem(each)
    if document["log_problem"]:
        yield _word("no-log", reason=document["log_problem"])
    elif not found:
        yield _word("no-problems")


def _problem(problem: Json) -> Iterator[str]:
    yield f"{problem['code']}: {problem['title']} {problem['advice']}"
    if problem["detail"]:
        yield f"    {problem['detail']}"


def _services(document: Json) -> Iterator[str]:
    for each in document["services"]:
        health = f", {each['health']}" if each["health"] else ""
        need = "required" if each["required"] else "optional"
        yield f"{each['label']} ({need}): {each['state']}{health} since {each['since']}"
        yield from (f"    {line}" for line in _service(each))


def _service(row: Json) -> Iterator[str]:
    if row["endpoint"] is not None:
        yield f"at {row['endpoint']['url']} ({row['source']}), live updates {row['stream']}"
    info = row["info"]
    if info is not None:
        yield (
            f"{info['program']} {info['version'] or ''} ({row['support']}), access {info['access']},"
            f" {info['models']} models, {info['language_models']} language models,"
            f" queue {info['queue_remaining']}{'' if info['complete'] else ', still being read'}"
        )
        yield from info["devices"]
    if row["latency_seconds"] is not None:
        yield f"last answer after {row['latency_seconds'] * 1000:.0f} ms"
    if row["attempt"] or row["attempting"] or row["retry_in_seconds"] is not None:
        under_way = ", one under way" if row["attempting"] else ""
        wait = row["retry_in_seconds"]
        later = f", next in {wait:.1f} s" if wait is not None else ""
        yield f"{row['attempt']} failed attempts{under_way}{later}, breaker {row['breaker']}"
    if row["problem"] is not None:
        yield f"problem {row['problem']['code']}"
    for url in row["others"]:
        yield f"another one at {url}"


def _versions(document: Json) -> Iterator[str]:
    yield document["at"]
    yield f"Movie Director {document['movie_director']}"
    if document["blender"]:
        yield f"Blender {document['blender']}"
    yield f"Python {document['python']}"
    yield document["system"]
    packages = ", ".join(f"{each['name']} {each['version']}" for each in document["packages"])
    yield packages or "no packages"
    yield from (f"{each['what']}: {each['path']}" for each in document["files"])


def _settings(document: Json) -> Iterator[str]:
    if not document["settings_read"]:
        yield _word("settings-loading")
    if document["local_only"]:
        yield _word("local-only")
    for each in document["settings"]:
        if each["layer"] != Layer.DEFAULT.value:
            name = f"{each['service'] or 'general'} {each['name']}"
            said = text(message(f"setting-layer.{each['layer']}"))
            where = f"{said}: {each['detail']}" if each["detail"] else said
            yield f"{name:<{_COLUMN}}{each['value']}  ({where})"
    for each in document["keys"]:
        yield f"{_word('keys')} {each['service']} at {each['address']}"
    yield _word("all-default")


def _tests(document: Json) -> Iterator[str]:
    for each in document["tests"]:
        result = "passed" if each["passed"] else "failed" if each["finished"] else "under way"
        layers = ", ".join(f"{layer['layer']} {layer['verdict']}" for layer in each["layers"])
        yield f"{each['target']}: {result} ({layers})"
        if each["problem"] is not None:
            yield from (f"    {line}" for line in _problem(each["problem"]))


def _bounded(lines: Sequence[str]) -> list[str]:
    """The first lines that fit into a section."""
    kept, room = list[str](), SECTION_SIZE
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return [*kept, _word("more", count=len(lines) - len(kept))]
        kept.append(line)
    return kept


def _block(lines: Sequence[str]) -> str:
    """A code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _word(name: str, **known: Parameter) -> str:
    return text(message(f"diagnostics.{name}", **known))
