# SPDX-License-Identifier: GPL-3.0-or-later
"""RVC WebUI: a voice turned into another one, over Gradio 3.14 or 3.34; and its descendant Applio.

docs/backends/rvc.md says how to start it so that it is found, and what to know about it.
"""

from __future__ import annotations

from functools import partial

from .._gradio.client import GradioClient, Program, identify, suspects
from ..base import Backend
from . import facts

PROGRAM = Program(name=facts.LABEL, may_be=facts.may_be, facts=facts.read)

BACKEND = Backend(
    name="rvc",
    label=facts.LABEL,
    makes=("voice",),
    # RVC takes the next free port from 7865 on, Applio the next free one from 6969 down.
    default_ports=(7865, 7866, 7867, 6969, 6968),
    required=False,
    start_hint="Start RVC WebUI with go-web.bat, or run 'python webui.py' in its folder.",
    suspects=partial(suspects, PROGRAM),
    identify=partial(identify, PROGRAM),
    identify_expected=partial(identify, PROGRAM, expected=True),
    connect=partial(GradioClient, PROGRAM),
)
