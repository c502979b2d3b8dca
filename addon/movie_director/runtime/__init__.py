# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell around the decisions: threads, clocks, the status board, and the manager that owns them."""
