# Changed by Movie Director: this file replaces certifi/core.py of certifi 2026.10.18, under the same MPL-2.0.
# The original asks importlib.resources for the package "certifi", which is the host's certifi, if it has one.
"""Say where the bundle of root certificates is, or what is in it."""

import os

_BUNDLE = os.path.join(os.path.dirname(__file__), "cacert.pem")


def where() -> str:
    """Return the path of the bundle, a PEM file."""
    return _BUNDLE


def contents() -> str:
    """Return the bundle itself."""
    with open(_BUNDLE, encoding="ascii") as bundle:
        return bundle.read()
