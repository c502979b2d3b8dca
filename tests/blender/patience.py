# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests in which a service must not be lost."""

from __future__ import annotations

PATIENT = {
    f"MOVIE_DIRECTOR_{name}_TIMEOUT": "60" for name in ("COMFYUI", "WAN2GP", "LITELLM", "RVC", "AUDIOLDM")
}
"""The environment in which no server is taken for gone because the computer has much else to do."""
