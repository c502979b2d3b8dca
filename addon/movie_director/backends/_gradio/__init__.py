# SPDX-License-Identifier: GPL-3.0-or-later
"""What the backends of Gradio programs share: versions 3.14 to 6, spoken over plain HTTP (docs/adr/0030).

    page         is it Gradio? what do the first kilobytes of ``/`` say?
    config       ``/config``: the components, and the operations between them
    parameters   the inputs of an operation as `core.model.Parameter`
    visitor      requests to one server, signed in where it wants that
    health       signs of life: run of the server, queue
    client       `Program` describes one program; `GradioClient` and `identify` work for all of them

A package with a leading underscore is no backend.
"""
