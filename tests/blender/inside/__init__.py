# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs inside Blender: the launcher of a scenario, and what a scenario is handed."""
