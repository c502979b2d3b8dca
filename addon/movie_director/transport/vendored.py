"""The third-party packages by their usual names: `vendored.requests`, `vendored.pybreaker`, ...

Importing this module costs nothing. A package is loaded, isolated from the host, when it is first named, so
the first use belongs in a worker thread. Always write `vendored.requests`: a `from ... import requests` at
the top of a module would load it at import. Type checkers see the real packages.

Raises isolation.VendorTreeMissing on first use if the packages were never built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio_client as gradio_client
    import pybreaker as pybreaker
    import requests as requests
    import tomli as tomli
    import urllib3 as urllib3
    import websocket as websocket
else:
    from . import isolation

    _PACKAGES = frozenset({"gradio_client", "pybreaker", "requests", "tomli", "urllib3", "websocket"})

    def __getattr__(name):
        if name not in _PACKAGES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return isolation.load(name)
