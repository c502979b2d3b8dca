"""The three names gradio_client takes from `huggingface_hub.utils`."""

from __future__ import annotations

from typing import Any


class RepositoryNotFoundError(Exception):
    """Never raised here; gradio_client has `except` clauses for it."""


def build_hf_headers(
    *,
    token: bool | str | None = None,
    library_name: str | None = None,
    library_version: str | None = None,
) -> dict[str, str]:
    """Return the headers of a request: who we are, and `token` if it is a string.

    The original looks for a token in the environment and on disk when it is given none, and gradio_client
    then sends it to every server. This one never looks.
    """
    headers = {"user-agent": f"{library_name or 'unknown'}/{library_version or 'None'}"}
    if isinstance(token, str) and token:
        headers["authorization"] = f"Bearer {token}"
    return headers


def send_telemetry(*args: Any, **kwargs: Any) -> None:
    """Send nothing."""
