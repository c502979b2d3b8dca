# SPDX-License-Identifier: GPL-3.0-or-later
"""AudioLDM 1 and 2: sounds from a description, over Gradio 3.50.

docs/backends/audioldm.md says how to start it so that it is found, and what to know about it.
"""

from __future__ import annotations

from functools import partial

from .._gradio.client import GradioClient, Program, identify, suspects
from ..base import Backend
from . import facts

PROGRAM = Program(name=facts.LABEL, may_be=facts.may_be, facts=facts.read)

BACKEND = Backend(
    name="audioldm",
    label=facts.LABEL,
    makes=("sound",),
    # It names no port: Gradio gives it the first free one from 7860 on, which others want too.
    default_ports=(7863, 7860, 7861, 7862, 7864),
    required=False,
    start_hint="Run 'python app.py' in the folder of AudioLDM or AudioLDM 2.",
    suspects=partial(suspects, PROGRAM),
    identify=partial(identify, PROGRAM),
    identify_expected=partial(identify, PROGRAM, expected=True),
    connect=partial(GradioClient, PROGRAM),
)
