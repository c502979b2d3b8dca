# SPDX-License-Identifier: GPL-3.0-or-later
"""Values and decisions. Nothing here starts a thread, opens a socket or file, or reads a clock."""
