# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions we stand behind."""

from __future__ import annotations

import pytest
from movie_director.core.versions import Support, VersionRule

RULE = VersionRule(oldest="0.3.45", newest_tested="0.33.0")


@pytest.mark.parametrize(
    ("version", "support"),
    [
        ("0.3.44", Support.TOO_OLD),
        ("0.3.45", Support.TESTED),
        ("v0.3.64", Support.TESTED),
        ("0.33", Support.TESTED),
        ("0.33.0", Support.TESTED),
        ("0.33.1", Support.NEWER),
        ("1.0-nightly", Support.NEWER),
        ("", Support.UNKNOWN),
        ("nightly", Support.UNKNOWN),
        ("9" * 500, Support.NEWER),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, support: Support) -> None:
    assert RULE.judge(version) is support


def test_without_a_rule_nothing_is_claimed() -> None:
    assert VersionRule().judge("1.0") is Support.UNKNOWN


def test_half_a_rule_limits_one_side() -> None:
    assert VersionRule(oldest="2").judge("99") is Support.TESTED
    assert VersionRule(newest_tested="2").judge("1") is Support.TESTED
