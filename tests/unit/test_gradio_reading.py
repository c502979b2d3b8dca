# SPDX-License-Identifier: GPL-3.0-or-later
"""Page and configuration of every recorded generation of Gradio, and what its programs say in them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from movie_director.backends import audioldm, backends, rvc
from movie_director.backends._gradio.config import GradioConfig, read_config
from movie_director.backends._gradio.page import PAGE_LIMIT, Page, api_prefix, read_page
from movie_director.backends._gradio.parameters import parameters
from movie_director.backends.audioldm import facts as audioldm_facts
from movie_director.backends.rvc import facts as rvc_facts
from movie_director.core.errors import ProtocolError
from movie_director.core.facts import Capability, Parameter
from movie_director.transport.http import Answer

from tests.servers.gradio_apps import recording

DATA = Path(__file__).resolve().parents[1] / "data" / "gradio"
PAGES: dict[str, str] = json.loads((DATA / "pages.json").read_text("utf-8"))
CONFIGS: dict[str, Any] = json.loads((DATA / "configs.json").read_text("utf-8"))


def answer_of(text: str) -> Answer:
    return Answer(status=200, headers={}, body=text.encode(), truncated=True, seconds=0.0)


def page_of(name: str) -> Page:
    page = read_page(answer_of(PAGES[name]))
    assert page is not None
    return page


def config_of(app: str, **changes: Any) -> GradioConfig:
    return read_config({**recording.config(app), **changes})


def test_what_backends_share_is_no_backend() -> None:
    assert [backend.name for backend in backends()] == ["comfyui", "wan2gp", "litellm", "rvc", "audioldm"]


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "version", "app_id", "prefix"),
    [
        ("3.14", "Lab Gradio Server", "3.14.0", None, ""),
        ("3.34", "Lab Gradio Server", "3.34.0", None, ""),
        ("3.50", "Lab Gradio Server", "3.50.2", 16465364204276567396, ""),
        ("4.44", "Lab Gradio Server", "4.44.1", 5209995072817572599, ""),
        ("5.29", "Lab Gradio Server", "5.29.0", 9469201501526547195, "/gradio_api"),
        ("5.50", "Lab Gradio Server", "5.50.0", 3853115232949356391, "/gradio_api"),
        ("6.31", "Lab Gradio Server", "6.31.0", 2042552615611879059, "/gradio_api"),
        ("rvc-2.3", "RVC WebUI", "3.14.0", None, ""),
        ("rvc-2024", "RVC WebUI", "3.34.0", None, ""),
        ("audioldm-1", "Gradio", "3.50.2", 11313777744588717152, ""),
        ("audioldm-2", "Gradio", "3.50.2", 10948220658399985657, ""),
    ],
)
def test_a_page_tells_title_version_and_run(
    name: str, title: str, version: str, app_id: int | None, prefix: str
) -> None:
    page = page_of(name)
    assert (page.title, page.version, page.app_id, page.prefix) == (title, version, app_id, prefix)
    assert page.generation == tuple(map(int, version.split(".")[:2]))
    assert not page.auth_required


@pytest.mark.parametrize("version", ["3.14", "3.34", "3.50", "5.29", "6.31"])
def test_a_page_before_the_log_in_says_so_and_nothing_else(version: str) -> None:
    page = page_of(f"{version} with log-in")
    assert page.auth_required
    assert (page.version, page.app_id, page.generation) == ("", None, (0, 0))


@pytest.mark.parametrize(
    "text", ["", "<html><title>ComfyUI</title>", '<meta property="og:title" content="RVC WebUI">', "\0\xff"]
)
def test_other_pages_are_none_of_gradio(text: str) -> None:
    assert read_page(answer_of(text)) is None


def test_only_the_first_kilobytes_are_looked_at() -> None:
    assert read_page(answer_of(" " * PAGE_LIMIT + PAGES["3.14"])) is None


def test_a_title_is_made_fit_for_people() -> None:
    text = PAGES["3.14"].replace("Lab Gradio Server", "A &amp; B\x1b[31m" + "x" * 500)
    page = read_page(answer_of(text))
    assert page is not None
    assert page.title.startswith("A & B [31mxxx")
    assert len(page.title) == 200


@pytest.mark.parametrize(
    "value", ["/../admin", "gradio_api", "/a b", "//host", "/a?b", "/x" * 9, None, 5, []]
)
def test_a_prefix_that_is_none_is_ignored(value: object) -> None:
    assert api_prefix(value) == ""


@pytest.mark.parametrize(
    ("name", "suspecting"),
    [
        ("3.14", []),
        ("6.31", []),
        ("rvc-2.3", ["rvc"]),
        ("rvc-2024", ["rvc"]),
        ("audioldm-1", ["audioldm"]),
        ("audioldm-2", ["audioldm"]),
        ("3.34 with log-in", ["wan2gp", "rvc", "audioldm"]),
        ("6.31 with log-in", ["wan2gp", "rvc", "audioldm"]),
    ],
)
def test_who_suspects_which_page(name: str, suspecting: list[str]) -> None:
    answer = answer_of(PAGES[name])
    assert [backend.name for backend in backends() if backend.suspects(answer)] == suspecting


# --- configurations ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONFIGS)
def test_every_generation_is_read_alike(name: str) -> None:
    config = read_config(CONFIGS[name])
    assert config.version.startswith(name)
    assert config.version.strip() == config.version
    assert (config.title, config.queue_enabled) == ("Lab Gradio Server", True)
    assert config.prefix == ("/gradio_api" if config.generation >= (5, 0) else "")
    assert (config.app_id is None) == (config.generation < (3, 50))

    names = [each.api_name for each in config.dependencies]
    assert names[:8] == ["echo", "slow", "gen", "gerr", "verr", "filefn", "ncalls", ""]
    echo = config.operation("echo")
    assert echo is not None
    assert (echo.inputs, echo.outputs) == ((1, 2), (3,))
    assert [each.type for each in config.inputs_of(echo)] == ["textbox", "number"]
    assert parameters(config, echo) == (Parameter("input-1", "text"), Parameter("input-2", "number"))
    (dropdown,) = [each for each in config.components.values() if each.type == "dropdown"]
    assert dropdown.choices == ("a", "b")


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], "text", {}, {"version": "3.14.0"}),
        {"version": 3, "components": [], "dependencies": []},
        {"version": "3.50.2", "components": {}, "dependencies": []},
    ],
)
def test_what_is_no_configuration_is_an_error(value: object) -> None:
    with pytest.raises(ProtocolError):
        read_config(value)


def test_broken_parts_are_left_out() -> None:
    config = read_config(
        {
            "version": "3.50.2",
            "components": [None, 5, {"id": "x"}, {"id": True}, {"id": 7, "props": []}, {"id": 8, "type": []}],
            "dependencies": [None, {"inputs": [7, "x", 99], "outputs": {}}],
        }
    )
    assert list(config.components) == [7, 8]
    assert [each.inputs for each in config.dependencies] == [(), (7, -1, 99)]
    assert [each.type for each in config.inputs_of(config.dependencies[1])] == ["", "", ""]
    assert parameters(config, config.dependencies[1]) == ()


# --- RVC -----------------------------------------------------------------------------------------

CONVERSION_2_3 = (
    Parameter("speaker", "number", 0.0, 2333.0),
    Parameter("audio", "audio"),
    Parameter("transpose", "number"),
    Parameter("pitch_method", "choice", choices=("pm", "rmvpe", "fcpe")),
    Parameter("index_path", "text"),
    Parameter("index_ratio", "number", 0.0, 1.0),
    Parameter("resample_rate", "number", 0.0, 48000.0),
    Parameter("volume_envelope", "number", 0.0, 1.0),
    Parameter("protect", "number", 0.0, 0.5),
)


def with_voices(app: str, *voices: str) -> dict[str, Any]:
    config = copy.deepcopy(recording.config(app))
    for component in config["components"]:
        if component["id"] == 6:
            component["props"]["choices"] = list(voices)
    return config


def test_rvc_2_3() -> None:
    info = rvc_facts.read(read_config(with_voices("rvc-2.3", "alto.pth", "bass.pth")))
    assert info is not None
    assert (info.program, info.version) == ("RVC WebUI", "2.3 (2026)")
    assert info.models == (("voices", ("alto.pth", "bass.pth")),)
    assert info.capabilities == (Capability("voice", "infer_convert", CONVERSION_2_3),)
    assert info.features == ("gradio-3.14.0",)


def test_rvc_2024() -> None:
    info = rvc_facts.read(config_of("rvc-2024"))
    assert info is not None
    assert (info.version, info.models) == ("2024", (("voices", ()),))
    (conversion,) = info.capabilities
    assert [each.name for each in conversion.parameters] == [
        *("speaker", "audio_path", "transpose", "pitch_file", "pitch_method", "index_path", "index_choice"),
        *("index_ratio", "filter_radius", "resample_rate", "volume_envelope", "protect"),
    ]
    assert conversion.parameters[1].kind == "text"
    assert conversion.parameters[4].choices == ("pm", "harvest", "crepe", "rmvpe")


def test_a_translated_rvc_is_the_same() -> None:
    translated = copy.deepcopy(recording.config("rvc-2.3"))
    for component in translated["components"]:
        if "label" in component["props"]:
            component["props"]["label"] = "变声"
    assert rvc_facts.read(read_config(translated)) == rvc_facts.read(config_of("rvc-2.3"))


def test_a_fork_with_other_inputs_is_read_without_our_names() -> None:
    changed = copy.deepcopy(recording.config("rvc-2.3"))
    (convert,) = [each for each in changed["dependencies"] if each["api_name"] == "infer_convert"]
    convert["inputs"] = convert["inputs"][:3]
    info = rvc_facts.read(read_config(changed))
    assert info is not None
    assert [each.name for each in info.capabilities[0].parameters] == ["input-1", "input-2", "input-3"]


@pytest.mark.parametrize(
    ("operations", "version"), [({"uvr_convert"}, ""), ({"pymss_separate"}, "2.3 (2026)"), (set(), "")]
)
def test_a_version_is_told_only_where_it_is_known(operations: set[str], version: str) -> None:
    kept = {"infer_convert", "infer_change_voice", *operations}
    dependencies = [
        *(each for each in recording.config("rvc-2.3")["dependencies"] if each["api_name"] in kept),
        *({"api_name": name} for name in operations),
    ]
    info = rvc_facts.read(config_of("rvc-2.3", dependencies=dependencies))
    assert info is not None
    assert info.version == version


@pytest.mark.parametrize("operation", ["infer_convert", "infer_change_voice"])
def test_the_title_alone_makes_no_rvc(operation: str) -> None:
    dependencies = [
        each for each in recording.config("rvc-2.3")["dependencies"] if each["api_name"] != operation
    ]
    assert rvc_facts.read(config_of("rvc-2.3", dependencies=dependencies)) is None


def applio(**changes: Any) -> GradioConfig:
    heading = {"id": 1, "type": "markdown", "props": {"value": "# Applio"}}
    config = {"version": "6.20.0", "title": "Applio", "components": [heading], "dependencies": []}
    return read_config({**config, **changes})


def test_applio() -> None:
    info = rvc_facts.read(applio())
    assert info is not None
    assert (info.program, info.version, info.features) == ("Applio", "", ("gradio-6.20.0",))


@pytest.mark.parametrize(
    "changes", [{"title": "Applio 2"}, {"components": []}, {"version": "3.50.2"}, {"version": "x"}]
)
def test_what_only_resembles_applio(changes: dict[str, Any]) -> None:
    assert rvc_facts.read(applio(**changes)) is None


# --- AudioLDM ------------------------------------------------------------------------------------


def test_audioldm_1() -> None:
    info = audioldm_facts.read(config_of("audioldm-1"))
    assert info is not None
    checkpoints = (
        *("audioldm-s-full", "audioldm-l-full", "audioldm-s-full-v2"),
        *("audioldm-m-text-ft", "audioldm-s-text-ft", "audioldm-m-full"),
    )
    assert (info.program, info.version) == ("AudioLDM", "1")
    assert info.models == (("checkpoints", checkpoints),)
    assert info.capabilities == (
        Capability(
            "sound",
            "",
            (
                Parameter("text", "text"),
                Parameter("duration", "number", 2.5, 10.0),
                Parameter("guidance", "number", 0.0, 5.0),
                Parameter("seed", "number"),
                Parameter("candidates", "number", 1.0, 5.0),
                Parameter("model", "choice", choices=checkpoints),
            ),
        ),
    )


def test_audioldm_2_has_one_model_although_it_shows_three() -> None:
    info = audioldm_facts.read(config_of("audioldm-2"))
    assert info is not None
    assert (info.version, info.models) == ("2", (("checkpoints", ("audioldm_48k",)),))
    (generation,) = info.capabilities
    assert generation.operation == "text2audio"
    assert [each.name for each in generation.parameters] == [
        *("text", "duration", "guidance", "seed", "candidates")
    ]


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ([5, 9, 7, 10], ["text", "guidance", "seed", "candidates"]),
        ([5, 7, 9], ["input-1", "input-2", "input-3"]),
    ],
)
def test_an_audioldm_with_other_inputs_is_never_misread(inputs: list[int], names: list[str]) -> None:
    (generate, *others) = copy.deepcopy(recording.config("audioldm-2")["dependencies"])
    info = audioldm_facts.read(
        config_of("audioldm-2", dependencies=[{**generate, "inputs": inputs}, *others])
    )
    assert info is not None
    assert [each.name for each in info.capabilities[0].parameters] == names


def test_a_program_that_mentions_audioldm_is_not_it() -> None:
    heading = {"id": 1, "type": "html", "props": {"value": "A front end for AudioLDM 2: A General Framework"}}
    config = read_config({"version": "3.50.2", "components": [heading], "dependencies": []})
    assert audioldm_facts.read(config) is None


def test_neither_takes_the_other_for_itself() -> None:
    for app in ("rvc-2.3", "rvc-2024"):
        assert audioldm_facts.read(config_of(app)) is None
    for app in ("audioldm-1", "audioldm-2"):
        assert rvc_facts.read(config_of(app)) is None
    for name in CONFIGS:
        config = read_config(CONFIGS[name])
        assert rvc_facts.read(config) is None
        assert audioldm_facts.read(config) is None


@pytest.mark.parametrize("backend", [rvc.BACKEND, audioldm.BACKEND])
def test_they_are_optional_and_say_how_to_start(backend: Any) -> None:
    assert not backend.required
    assert backend.start_hint.endswith(".")
    assert backend.label in backend.start_hint
