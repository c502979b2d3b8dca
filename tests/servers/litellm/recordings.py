"""What the real proxies answered, and how it was recorded.

python -m tests.servers.litellm.recordings 1.106     write tests/data/litellm-1.106.json anew
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.servers.environments import python_of
from tests.servers.http_client import exchange
from tests.servers.process import ServerProcess
from tests.servers.shapes import differences

from .setups import MASTER_KEY

VERSIONS = {"1.106": "1.106.2", "1.60": "1.60.0"}
"""The name of the environment, without "litellm-", and the release that is in it."""

READY_LIMIT = 120.0
"""Seconds that a real proxy has until it answers; it needs 4 to 11 alone on a machine of 2020."""

KEYS = {"none": "", "right": MASTER_KEY, "wrong": "sk-test-wrong", "malformed": "not-even-a-key"}
CASES = {"key": tuple(KEYS), "open": ("none", "wrong"), "empty": ("right",)}
"""Setup -> the keys with which it is asked."""
PATHS = (
    *("/", "/health/liveliness", "/health/liveness", "/health/readiness", "/health/readiness/details"),
    *("/v1/models", "/models", "/model/info", "/v1/model/info", "/key/info", "/test"),
    # What others are asked to recognise them.
    *("/config", "/system_stats", "/version", "/api/version", "/api/v0/models", "/nothing-here"),
)
"""Never /health: it would ask every model for an answer, and some cost money."""

_TELLING = 400
"""Characters of a text that must be the same: those of the page up to its title, and all of the others."""
_DATA = Path(__file__).resolve().parents[2] / "data"
_KEPT = frozenset(
    (
        "model_name",
        "litellm_params",
        "model_info",
        "model",
        "id",
        "db_model",
        "key",
        "litellm_provider",
        "mode",
    )
)


@dataclass(frozen=True)
class Recording:
    """One request, and its answer by the real proxy."""

    setup: str
    auth: str
    path: str
    status: int
    content_type: str
    body: Any


def recordings(version: str) -> list[Recording]:
    """All that was recorded of one of VERSIONS."""
    return [Recording(**each) for each in json.loads(_file(version).read_text("utf-8"))]


def ask(url: str, setup: str, auth: str, path: str) -> Recording:
    """Send one request as it was recorded; the answer without what only takes room."""
    headers = {"Authorization": f"Bearer {KEYS[auth]}"} if KEYS[auth] else {}
    answer = exchange(url + path, headers=headers)
    body = answer.content()
    if path.endswith("/model/info") and isinstance(body, dict) and "data" in body:
        body = {"data": [_trimmed(each) for each in body["data"]]}
    return Recording(setup, auth, path, answer.status, answer.headers.get_content_type(), body)


def replay(url: str, version: str, setup: str) -> list[str]:
    """Ask all again that was recorded of one setup; what differs, one text per answer."""
    wrong = []
    for recorded in recordings(version):
        if recorded.setup == setup:
            found = _differences(recorded, ask(url, setup, recorded.auth, recorded.path))
            if found:
                wrong.append(f"{recorded.path} with key {recorded.auth}: {found}")
    return wrong


def _differences(recorded: Recording, answer: Recording) -> list[str]:
    if (answer.status, answer.content_type) != (recorded.status, recorded.content_type):
        return [f"{answer.status} {answer.content_type} instead of {recorded.status} {recorded.content_type}"]
    if isinstance(recorded.body, str):
        same = answer.body[:_TELLING] == recorded.body[:_TELLING]
        return [] if same else [f"{answer.body[:_TELLING]!r}"]
    return differences(recorded.body, answer.body)


def real_proxy(setup: str, python: str, port: int = 0) -> ServerProcess:
    """The real proxy in the environment of `python` as a process, not yet started."""
    options = ["--setup", setup, "--port", str(port)]
    return ServerProcess("tests.servers.litellm.proxy", options, python=python, ready_limit=READY_LIMIT)


def _trimmed(value: Any) -> Any:
    """Of the hundreds of prices and abilities of a model only what is looked at."""
    if not isinstance(value, dict):
        return value
    return {key: _trimmed(inner) for key, inner in value.items() if key in _KEPT}


def _record(version: str) -> Iterator[Recording]:
    for setup, keys in CASES.items():
        with real_proxy(setup, str(python_of(f"litellm-{version}"))) as proxy:
            for auth in keys:
                for path in PATHS:
                    yield ask(proxy.url, setup, auth, path)


def _file(version: str) -> Path:
    return _DATA / f"litellm-{version}.json"


def main(versions: list[str]) -> int:
    for version in versions or VERSIONS:
        lines = ",\n".join(json.dumps(asdict(each)) for each in _record(version))
        _file(version).write_text(f"[\n{lines}\n]\n", "utf-8")
        print(f"{_file(version).name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
