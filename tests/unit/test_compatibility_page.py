"""The page of versions is what the backends and the met programs say, and promises nothing unmet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from movie_director.backends import backends
from movie_director.core.versions import Support

ROOT = Path(__file__).resolve().parents[2]
MET = json.loads((ROOT / "tests" / "data" / "compatibility.json").read_text("utf-8"))


def test_the_drawn_page_is_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "draw_compatibility.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_service_was_met_in_a_version_that_it_supports() -> None:
    for backend in backends():
        versions = {row["version"] for row in MET if row["service"] == backend.name}
        assert versions, f"no test met {backend.label}"
        verdicts = {backend.versions.judge(version) for version in versions}
        assert verdicts <= {Support.TESTED, Support.UNKNOWN}, f"{backend.label}: {versions}"


def test_the_newest_tested_versions_were_met() -> None:
    promised = {each.name: each.versions.newest_tested for each in backends() if each.versions.newest_tested}
    for service, version in promised.items():
        assert version in {row["version"] for row in MET if row["service"] == service}
