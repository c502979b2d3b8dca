"""Run the real LiteLLM proxy in an environment that holds it: `python -m tests.servers.litellm.proxy`.

Its answers are mocked, it counts nothing for its makers, and every attempt to reach another computer ends it.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import ipaddress
import json
import os
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from .setups import SETUPS

END_LIMIT = 3.0
LEFT_THIS_COMPUTER = 3
"""Exit code after an attempt to do so."""

# What a user's environment could change about the proxy under test.
MISLEADING = ("DATABASE_URL", "LITELLM_MASTER_KEY", "LITELLM_SALT_KEY", "REDIS_URL", "REDIS_HOST", "PORT")
SURROUNDINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
    "LITELLM_TELEMETRY": "False",
    "LITELLM_LOG": "CRITICAL",
    "HF_HUB_OFFLINE": "1",
}


def main() -> int:
    """Serve until SIGTERM, Ctrl-C or the end of standard input. Returns the exit code."""
    options = _parser().parse_args()
    answers = _keep_standard_output_for_us()
    sys.addaudithook(_stay_here)
    with tempfile.TemporaryDirectory(prefix="movie-director-litellm-") as folder:
        config = Path(folder, "config.yaml")
        config.write_text(json.dumps(SETUPS[options.setup].config()), "utf-8")  # JSON is YAML, too
        _set_environment(config)
        listener = socket.create_server(("127.0.0.1", options.port))
        # Connections inherit it. asyncio sets it for sockets of its own making only, without it answers to
        # POST come 40 ms late.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = _make_server()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_say_ready, args=(server, url, answers), daemon=True).start()
        threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
        server.run(sockets=[listener])
        return 0 if server.started else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.servers.litellm.proxy", description="The LiteLLM proxy with mocked answers."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one, which is the default")
    parser.add_argument("--setup", choices=SETUPS, default="key", help="what it asks for and offers")
    return parser


def _keep_standard_output_for_us() -> int:
    """A descriptor of standard output for our line; what others print goes to standard error."""
    ours = os.dup(1)
    os.dup2(2, 1)
    return ours


def _set_environment(config: Path) -> None:
    for name in [name for name in os.environ if name in MISLEADING or name.endswith("_API_KEY")]:
        del os.environ[name]
    os.environ.update(SURROUNDINGS, CONFIG_FILE_PATH=str(config))


def _make_server() -> Any:
    """The proxy as `litellm --config …` serves it, on a socket of ours so that port 0 is possible."""
    uvicorn: Any = importlib.import_module("uvicorn")
    litellm: Any = importlib.import_module("litellm")
    litellm.telemetry = False
    app = importlib.import_module("litellm.proxy.proxy_server").app
    return uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))


def _say_ready(server: Any, url: str, answers: int) -> None:
    while not (server.started and _is_alive(url)):
        time.sleep(0.05)
    os.write(answers, f"ready {url}\n".encode())


def _is_alive(url: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2.0)
    try:
        connection.request("GET", "/health/liveliness")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end_with_input(server: Any) -> None:
    # Not through sys.stdin: a thread inside its buffer makes the interpreter abort when it ends.
    while os.read(0, 4096):
        pass
    server.should_exit = True
    time.sleep(END_LIMIT)
    os._exit(0)


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: the interpreter calls it before every connection and look-up."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if not _is_here(name):
        os.write(2, f"the proxy tried to reach {name}\n".encode())
        os._exit(LEFT_THIS_COMPUTER)


def _is_here(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in ("", "None", "localhost")


if __name__ == "__main__":
    sys.exit(main())
