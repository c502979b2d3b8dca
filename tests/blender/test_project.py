# SPDX-License-Identifier: GPL-3.0-or-later
"""Project settings travel with the .blend, and nothing else of it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blender.blenders import WHEELS, Blender
from tests.blender.conftest import ADDON, TEST_LIMIT
from tests.blender.patience import PATIENT
from tests.blender.running import InBlender, Report
from tests.servers.comfyui import ComfyServer
from tests.servers.litellm.protocol import LiteLLMServer
from tests.servers.litellm.setups import Setup

LITELLM_IS_PATIENT = {name: value for name, value in PATIENT.items() if "LITELLM" in name}
OTHER_MODE = {"legacy": "extension", "extension": "legacy"}


def test_settings_of_a_project_follow_its_file(any_blender: InBlender) -> None:
    any_blender.run("project_round")


def test_a_file_made_to_harm_reaches_nobody(wheel: InBlender) -> None:
    wheel.run("project_attack", environment={"MOVIE_DIRECTOR_LITELLM_ENABLED": "0"})


# --- from one Blender to another ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def written_files() -> dict[tuple[str, str], tuple[Path, Report]]:
    """Files that were written already, by Blender and mode."""
    return {}


def pairs() -> list[pytest.ParameterSet]:
    """Every pair of versions; from legacy add-on to extension, and with `--long` also the other way."""
    return [
        pytest.param(
            writer,
            reader,
            mode,
            id=f"{writer.name}-{mode}-to-{reader.name}",
            marks=[] if mode == "legacy" else [pytest.mark.long],
        )
        for writer in WHEELS
        for reader in WHEELS
        for mode in OTHER_MODE
        if not (writer.name >= "wheel-5" and reader.name == "wheel-4.2")
    ]


@pytest.mark.blender
@pytest.mark.timeout(TEST_LIMIT)
@pytest.mark.parametrize(("writer", "reader", "mode"), pairs())
def test_a_file_says_the_same_in_another_blender_and_mode(
    writer: Blender,
    reader: Blender,
    mode: str,
    written_files: dict[tuple[str, str], tuple[Path, Report]],
    addon_zip: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for each in (writer, reader):
        if each.missing():
            pytest.skip(f"{each.name}: {each.missing()}")
    if (writer.name, mode) not in written_files:
        file = tmp_path_factory.mktemp(writer.name) / "film.blend"
        wheel = InBlender(writer, mode, ADDON, addon_zip, tmp_path / "writer")
        report = wheel.run("project_written", options={"seed": f"{writer.name} {mode}", "file": str(file)})
        written_files[writer.name, mode] = (file, report)
    file, report = written_files[writer.name, mode]
    other = InBlender(reader, OTHER_MODE[mode], ADDON, addon_zip, tmp_path / "reader")
    options = {"file": str(file), "said": report.facts["said"], "text": report.facts["text"]}
    assert "refused" not in other.run("project_opened", options=options).facts


def test_one_address_changes_and_one_service_reconnects(wheel: InBlender) -> None:
    with (
        ComfyServer() as first,
        ComfyServer() as second,
        LiteLLMServer(setup=Setup(master_key="")) as litellm,
    ):
        options = {"first": first.url, "second": second.url, "litellm": litellm.url}
        report = wheel.run("project_moves", options=options, environment=LITELLM_IS_PATIENT)
    assert report.facts["bytes_of_one"] < report.facts["bytes"]


def test_the_command_tells_what_the_project_says(wheel: InBlender) -> None:
    facts = wheel.run("project_command").facts
    assert facts["code"] == 0
    lines = {line.strip() for line in facts["printed"].splitlines()}
    assert any("8199" in line and "set in this project: film.blend" in line for line in lines), facts[
        "printed"
    ]
    for name, words in {
        "newer": "A newer Movie Director wrote newer.blend",
        "broken": "The settings in broken.blend cannot be read",
        "wrong": "settings.services='5' in wrong.blend",
    }.items():
        code, printed = facts["told"][name]
        assert (code, words in printed) == (1, True), printed
    assert "What a .blend says is known in Blender alone" not in facts["printed"]


def test_it_is_set_undone_and_allowed_by_hand(gui: InBlender) -> None:
    report = gui.run("project_hands")
    assert set(report.pictures) == {"set", "asked", "choice"}


def test_a_file_that_says_not_by_itself_is_heard_before_anything_is_contacted(gui: InBlender) -> None:
    with ComfyServer() as server:
        gui.run("project_waiting", options={"url": server.url}, environment=PATIENT)
