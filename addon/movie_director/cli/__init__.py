# SPDX-License-Identifier: GPL-3.0-or-later
"""The terminal: the same runtime as in Blender, shown as text or JSON. docs/terminal.md is its manual."""
