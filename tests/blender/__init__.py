# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests in real Blenders: which there are, how a scenario is run in one, and the scenarios."""
