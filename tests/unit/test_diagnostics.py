# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for who is to find a fault: all that helps, bounded, nothing that names or unlocks anything."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from movie_director.core.anonymity import Identity
from movie_director.core.changes import Change, Kind
from movie_director.core.diagnosis import Diagnosis, Layer, LayerResult, Verdict
from movie_director.core.diagnostics import LONGEST_RECORD, LONGEST_TEXT, MOST, diagnostics
from movie_director.core.diagnostics_text import diagnostics_text
from movie_director.core.errors import ProblemCode, problem
from movie_director.core.evidence import Evidence, LogPart, Surroundings
from movie_director.core.facts import LanguageModel, ServiceInfo
from movie_director.core.keyring import Key, Keyring, Origin
from movie_director.core.layers import LayerValues, resolve, to_settings
from movie_director.core.model import State
from movie_director.core.schema import Key as Name
from movie_director.core.schema import Layer as Level
from movie_director.core.serialisation import Clocks
from movie_director.core.settings_view import SettingsView

from tests.samples import COMFY, HERE, NOW, REFUSED, other_instance, snapshot, status, suspended
from tests.settings_kit import SCHEMA, layer

CLOCKS = Clocks(NOW, 1_795_219_200.0)
LINUX = Surroundings(
    addon="0.1.0",
    python="3.11.7",
    system="Debian GNU/Linux 12, Linux 6.1, x86_64",
    blender="4.5.15 LTS",
    files=MappingProxyType({"logs": "/home/ada/.local/state/movie-director/logs"}),
    packages=(("requests", "2.34.2"), ("urllib3", "2.8.0")),
    who=Identity("/home/ada", ("ada",), ("adas-pc",)),
)
SECRET = "correct-horse"
NOT_SAVED = problem(
    ProblemCode.SETTINGS_NOT_SAVED,
    "/home/ada/x.json: No space left on device",
    where="/home/ada/x.json",
    reason="No space left on device",
)
LOST = status(State.CONNECTED, service="rvc", label="RVC", required=False)


def view(*layers: LayerValues, **changes: Any) -> SettingsView:
    effective = resolve(SCHEMA, layers)
    keys = {"rvc": Keyring().add("http://adas-pc:7865", Key(SECRET))}
    settings = to_settings(SCHEMA, effective, keys=keys, local_only=True)
    return SettingsView(loaded=True, effective=effective, settings=settings, **changes)


USER = layer(Level.USER, comfyui__url="http://adas-pc:8188", comfyui__timeout=9.0)
FILE = replace(
    layer(Level.FILE, rvc__ca_file="/home/ada/ca.pem"),
    details=MappingProxyType({Name("rvc", "ca_file"): "/home/ada/config.toml, line 7"}),
)
GOLDEN = Evidence(
    clocks=CLOCKS,
    surroundings=LINUX,
    schema=SCHEMA,
    view=view(USER, FILE, problems=(NOT_SAVED,), keys=(("rvc", Origin.parse("http://adas-pc:7865")),)),
    snapshot=snapshot(
        status(State.CONNECTED, others=(other_instance(),)),
        replace(suspended(), service="rvc", label="RVC", required=False),
        tests={
            "rvc": Diagnosis(
                "rvc", "rvc", HERE, (LayerResult(Layer.PORT, Verdict.FAILED, 0.1, REFUSED),), finished=True
            )
        },
    ),
    changes=(Change(Kind.LOST, NOW - 20, replace(LOST, problem=REFUSED)),),
    mistakes=("KeyError /home/ada/.config/blender/4.5/scripts/addons/movie_director/ui/panel.py:7",),
    logs=(
        LogPart(
            "this Blender",
            (
                f"09:59:58 INFO md-rvc worker: sent {SECRET} to adas-pc",
                "09:59:59 ERROR MainThread x: it broke\n    | Traceback\n    | KeyError: '/a/b c/shot.blend'",
            ),
        ),
    ),
)
TEXT = """## Movie Director: diagnostics

Written by Movie Director for a report about a problem. Keys, passwords, your user name, the name of this \
computer, your home folder and the folders of projects were taken out. Versions, settings, the addresses of \
services and the last lines of the log are in it: read it before you publish it.

Please add above this line: what you did, what you expected, and what happened instead.

### Problems now

```text
refused: RVC is not running at 127.0.0.1:8188. Start RVC; it is connected as soon as it answers.
    connect to 127.0.0.1:8188: [Errno 111] Connection refused
settings-not-saved: The settings are in use, but ~/x.json cannot be written: No space left on device. \
Free some disk space, or allow writing to that folder; saving is tried again by itself.
    ~/x.json: No space left on device
```

### Services

```text
ComfyUI (required): connected, ready since 2026-11-20T23:59:50.000Z
    at http://127.0.0.1:8188 (discovered), live updates open
    ComfyUI 0.33.0 (unknown), access open, 1 models, 0 language models, queue 2
    NVIDIA GeForce RTX 4090
    last answer after 4 ms
    another one at http://127.0.0.1:8189
RVC (optional): suspended since 2026-11-20T23:59:51.250Z
    at http://127.0.0.1:8188 (None), live updates none
    5 failed attempts, next in 27.4 s, breaker open
    problem refused
```

### Versions and files

```text
2026-11-21T00:00:00.000Z
Movie Director 0.1.0
Blender 4.5.15 LTS
Python 3.11.7
Debian GNU/Linux 12, Linux 6.1, x86_64
requests 2.34.2, urllib3 2.8.0
logs: ~/.local/state/movie-director/logs
```

### Settings

```text
Only this computer is contacted: online access is off in Blender.
comfyui url                       http://<computer>:8188  (set in the preferences)
comfyui timeout                   9 s  (set in the preferences)
rvc ca_file                       ~/ca.pem  (set in the config file: ~/config.toml, line 7)
A key is kept for rvc at http://<computer>:7865
Everything else is as it comes.
```

### Connection tests

```text
rvc: failed (port failed)
    refused: RVC is not running at 127.0.0.1:8188. Start RVC; it is connected as soon as it answers.
        connect to 127.0.0.1:8188: [Errno 111] Connection refused
```

### Last changes

```text
2026-11-20T23:59:40.000Z RVC: connection lost: RVC is not running at 127.0.0.1:8188
```

### Mistakes of Movie Director itself

```text
KeyError ~/.config/blender/4.5/scripts/addons/movie_director/ui/panel.py:7
```

### Log: this Blender

```text
09:59:58 INFO md-rvc worker: sent ••• to <computer>
09:59:59 ERROR MainThread x: it broke
    | Traceback
    | KeyError: '…/shot.blend'
```
"""


def test_the_whole_report() -> None:
    assert diagnostics_text(diagnostics(GOLDEN)) == TEXT


def test_the_json_has_every_setting_and_says_who_set_it() -> None:
    document = diagnostics(GOLDEN)
    assert json.loads(json.dumps(document)) == document
    assert (document["schema"], document["ok"], document["ready"]) == (
        "movie-director/diagnostics/1",
        True,
        True,
    )
    assert len(document["settings"]) == len(list(SCHEMA))
    assert {
        "service": "rvc",
        "name": "ca_file",
        "value": "~/ca.pem",
        "layer": "file",
        "detail": "~/config.toml, line 7",
    } in document["settings"]
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False)):
        assert SECRET not in text
        assert "ada" not in text.replace("advice", "")
    assert document["services"][0]["info"]["models"] == 1
    assert "sd_xl_base" not in json.dumps(document), "what models are called is nobody's business"


def test_it_tells_why_no_log_is_written() -> None:
    document = diagnostics(replace(GOLDEN, log_problem="/home/ada/logs: Not a directory"))
    assert document["log_problem"] == "~/logs: Not a directory"
    assert "\nNo log is written: ~/logs: Not a directory\n" in diagnostics_text(document)
    assert diagnostics(GOLDEN)["log_problem"] is None
    assert "No log" not in TEXT


def test_before_anything_is_known_there_is_a_report_too() -> None:
    empty = Evidence(
        CLOCKS, Surroundings("0.1.0", "3.13.1", ""), SCHEMA, SettingsView(effective=resolve(SCHEMA, ()))
    )
    document = diagnostics(empty)
    assert document["blender"] is None
    text = diagnostics_text(document)
    assert "The files of settings have not been read yet." in text
    assert "no packages" in text
    assert "### Log" not in text
    assert "```text\nNone.\n```" in text


def test_the_size_is_bounded_and_the_newest_records_win() -> None:
    endless = "x" * 5_000
    many = tuple(f"{number} {endless}" for number in range(1_000))
    models = tuple(LanguageModel(f"{endless} {number}") for number in range(1_000))
    info = replace(COMFY, version=endless, language_models=models, devices=COMFY.devices * 500)
    rows = [
        status(
            State.RECONNECTING,
            service=each.name,
            label=each.label,
            info=info,
            others=(other_instance(),) * 500,
        )
        for each in SCHEMA.services
    ]
    evidence = replace(
        GOLDEN,
        view=view(problems=(replace(NOT_SAVED, detail=endless),) * 500),
        snapshot=snapshot(*rows),
        changes=(Change(Kind.LOST, NOW, replace(LOST, label=endless)),) * 1_000,
        mistakes=many,
        logs=(LogPart("first", many), LogPart("second", many)),
    )
    document = diagnostics(evidence)
    assert len(document["changes"]) == len(document["mistakes"]) == len(document["settings_problems"]) == MOST
    assert max(map(len, _texts(document))) <= max(LONGEST_TEXT, LONGEST_RECORD)
    assert len(diagnostics_text(document)) < 60_000
    for log in document["logs"]:
        assert log["left_out"] + len(log["records"]) == 1_000
        assert [record[:3] for record in log["records"]][-1] == "999"
    assert f"… {document['logs'][0]['left_out']} earlier lines are left out" in diagnostics_text(document)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]


@pytest.mark.parametrize("forged", ["```\n@everybody # <b>", "````", "\x1b[2J\u202e", "\n## Heading"])
def test_what_a_server_says_stays_in_its_code_block(forged: str) -> None:
    info = ServiceInfo(forged, forged)
    rows = [status(State.CONNECTED, info=info)]
    evidence = replace(GOLDEN, snapshot=snapshot(*rows), logs=(LogPart("log", (forged,)),))
    inside, fence = False, ""
    for line in diagnostics_text(diagnostics(evidence)).split("\n"):
        if not inside and line.startswith("```"):
            inside, fence = True, line.removesuffix("text")
        elif inside and line == fence:
            inside = False
        elif not inside:
            assert "@everybody" not in line
            assert line != "## Heading"
        assert "\x1b" not in line
        assert "\u202e" not in line
    assert not inside
