"""The shims behave as gradio_client needs; httpx against a real server, one that counts its connections."""

from __future__ import annotations

import ast
import gzip
import importlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from movie_director.transport import isolation, vendored

from scripts import vendor
from tests.ports import FreePort

httpx = isolation.load("httpx")
hub = isolation.load("huggingface_hub")
fsspec_asyn = isolation.load("fsspec.asyn")

CLIENT = vendor.TREE / "gradio_client"


class Server(ThreadingHTTPServer):
    """Answers each path with the method of Handler that bears its name."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections = 0
        self.may_go_on = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        self.connections += 1
        return super().get_request()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        getattr(self, urlsplit(self.path).path.strip("/").replace("-", "_"))()

    do_GET = do_POST = do_HEAD = answer

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def begin_chunks(self, **headers: str) -> None:
        self.send_response(200)
        for name, value in {"Transfer-Encoding": "chunked", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send_chunk(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def echo(self) -> None:
        """What came, as JSON."""
        seen = {
            "method": self.command,
            "query": parse_qs(urlsplit(self.path).query),
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.body.decode("utf-8", "replace"),
        }
        self.send(json.dumps(seen).encode(), Content_Type="application/json")

    def login(self) -> None:
        self.send(b"{}", Set_Cookie="access-token=secret; Path=/")

    def moved(self) -> None:
        self.send(b"", 307, Location="/echo")

    def broken(self) -> None:
        self.send("Störung".encode(), 500, Content_Type="text/plain")

    def words(self) -> None:
        """An event stream whose second half waits until the client has the first."""
        self.begin_chunks(Content_Type="text/event-stream")
        self.send_chunk("data: f\u00fcr".encode()[:8])
        self.send_chunk("data: f\u00fcr".encode()[8:] + b"\r\n\n")
        self.server.may_go_on.wait(20)
        self.send_chunk("data: line\u2028separator\nrest".encode())
        self.send_chunk(b"")

    def packed(self) -> None:
        self.send(gzip.compress(b"0123456789" * 1000), Content_Encoding="gzip")

    def cut_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"too little")
        self.close_connection = True

    def cut_chunks(self) -> None:
        self.begin_chunks()
        self.send_chunk(b"one")
        self.close_connection = True

    def hangs_up(self) -> None:
        self.close_connection = True

    def silent(self) -> None:
        self.server.may_go_on.wait(20)
        self.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running, vendored.requests.Session() as session:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), name="shim test server")
        thread.start()
        session.trust_env = False
        httpx.use_session(session)
        try:
            yield running
        finally:
            running.may_go_on.set()
            pools = session.get_adapter(running.url).poolmanager.pools
            for key in pools.keys():  # noqa: SIM118  the only way to iterate over them
                pools[key].close()  # session.close() leaves it to the garbage collector
            running.shutdown()
            thread.join(20)


# --- the names ----------------------------------------------------------------------------------------------


def names_taken(shim: str) -> set[str]:
    """Return the dotted names that gradio_client takes from a package: `httpx.get`, or an import of it."""
    names = set()
    for file in sorted(Path(CLIENT).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and re.fullmatch(rf"{shim}(\.\w+)+", ast.unparse(node)):
                names.add(ast.unparse(node))
            elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == shim:
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("shim", ["fsspec", "httpx", "huggingface_hub"])
def test_every_name_that_gradio_client_takes_is_there(shim: str) -> None:
    names = names_taken(shim)
    assert len(names) >= 2
    for name in names:
        found: Any = isolation.load(shim)
        for part in name.split(".")[1:]:
            if not hasattr(found, part):
                importlib.import_module(f"{found.__name__}.{part}")
            found = getattr(found, part)


# --- httpx: requests ----------------------------------------------------------------------------------------


def test_a_request_carries_what_was_given(server: Server) -> None:
    response = httpx.post(
        f"{server.url}/echo",
        params={"session_hash": "abc"},
        json={"data": ["ü"]},
        headers={"x-own": "1"},
        cookies={"a": "b"},
        verify=True,
    )
    seen = response.json()
    assert response.is_success
    assert response.status_code == 200
    assert response.headers.get("content-type") == "application/json"
    assert seen["method"] == "POST"
    assert seen["query"] == {"session_hash": ["abc"]}
    assert json.loads(seen["body"]) == {"data": ["ü"]}
    assert seen["headers"]["x-own"] == "1"
    assert seen["headers"]["cookie"] == "a=b"


def test_form_data_and_files_are_sent(server: Server, tmp_path: Path) -> None:
    form = httpx.post(f"{server.url}/echo", data={"username": "me", "password": "pass word"}).json()
    assert parse_qs(form["body"]) == {"username": ["me"], "password": ["pass word"]}
    (tmp_path / "voice.wav").write_bytes(b"RIFF....")
    with open(tmp_path / "voice.wav", "rb") as file:
        upload = httpx.post(f"{server.url}/echo", files=[("files", ("voice.wav", file))]).json()
    assert upload["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    assert 'name="files"; filename="voice.wav"' in upload["body"]
    assert "RIFF...." in upload["body"]


def test_cookies_are_told_but_not_kept(server: Server) -> None:
    """127.0.0.1:7860 and 127.0.0.1:7865 are two servers with one name: neither gets the other's login."""
    assert dict(httpx.post(f"{server.url}/login").cookies.items()) == {"access-token": "secret"}
    assert "cookie" not in httpx.get(f"{server.url}/echo").json()["headers"]


def test_redirects_are_followed_only_when_asked(server: Server) -> None:
    assert httpx.get(f"{server.url}/moved").status_code == 307
    assert httpx.get(f"{server.url}/moved", follow_redirects=True).json()["method"] == "GET"


def test_an_error_status_is_an_answer_until_asked(server: Server) -> None:
    response = httpx.get(f"{server.url}/broken")
    assert not response.is_success
    assert response.is_server_error
    assert response.text == "Störung"
    with pytest.raises(httpx.HTTPStatusError, match="HTTP 500") as caught:
        response.raise_for_status()
    assert caught.value.response is response
    assert httpx.get(f"{server.url}/echo").raise_for_status().is_success
    with pytest.raises(ValueError, match="Expecting value"):
        response.json()


def test_a_client_adds_its_defaults_and_head_has_no_body(server: Server) -> None:
    with httpx.Client(verify=True, timeout=httpx.Timeout(timeout=None), follow_redirects=True) as client:
        assert client.get(f"{server.url}/moved").status_code == 200
        assert client.post(f"{server.url}/moved", follow_redirects=False).status_code == 307
        with client.stream("GET", f"{server.url}/echo", params={"a": "b"}) as response:
            assert json.loads(b"".join(response.iter_bytes()))["query"] == {"a": ["b"]}
    assert httpx.head(f"{server.url}/echo").content == b""


def test_an_option_we_do_not_have_is_refused(server: Server) -> None:
    with pytest.raises(TypeError, match="proxies"):
        httpx.get(f"{server.url}/echo", proxies={})
    with pytest.raises(TypeError, match="auth"):
        httpx.Client(auth=("a", "b"))


def test_connections_are_used_again(server: Server) -> None:
    for _ in range(20):
        httpx.post(f"{server.url}/echo", json={})
        with httpx.stream("GET", f"{server.url}/echo") as response:
            list(response.iter_bytes())
    assert server.connections == 1


# --- httpx: bodies that arrive in pieces --------------------------------------------------------------------


def test_a_stream_is_given_as_it_arrives(server: Server) -> None:
    with httpx.stream("GET", f"{server.url}/words") as response:
        lines = response.iter_lines()
        assert next(lines) == "data: für"
        assert next(lines) == ""
        server.may_go_on.set()
        assert list(lines) == ["data: line\u2028separator", "rest"]


def test_bytes_come_unpacked_and_raw_as_sent(server: Server) -> None:
    body = b"0123456789" * 1000
    with httpx.stream("GET", f"{server.url}/packed") as response:
        pieces = list(response.iter_bytes(chunk_size=4096))
        assert b"".join(pieces) == body
        assert max(map(len, pieces)) <= 4096
    with httpx.stream("GET", f"{server.url}/packed") as response:
        assert b"".join(response.iter_bytes()) == body
    with httpx.stream("GET", f"{server.url}/packed") as response:
        assert gzip.decompress(b"".join(response.iter_raw())) == body


def test_a_stream_left_early_ends_its_connection(server: Server) -> None:
    with httpx.stream("GET", f"{server.url}/words") as response:
        next(response.iter_lines())
    httpx.get(f"{server.url}/echo")
    assert server.connections == 2


# --- httpx: errors ------------------------------------------------------------------------------------------


def read_whole(url: str, **options: Any) -> None:
    httpx.get(url, **options)


def read_stream(url: str, **options: Any) -> None:
    with httpx.stream("GET", url, **options) as response:
        list(response.iter_bytes())


def read_stream_in_chunks(url: str, **options: Any) -> None:
    with httpx.stream("GET", url, **options) as response:
        list(response.iter_bytes(chunk_size=2))


READERS = [read_whole, read_stream, read_stream_in_chunks]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("path", ["cut-short", "cut-chunks", "hangs-up"])
def test_an_answer_without_an_end_is_a_protocol_error(
    server: Server, read: Callable[..., None], path: str
) -> None:
    with pytest.raises(httpx.RemoteProtocolError) as caught:
        read(f"{server.url}/{path}")
    assert isinstance(caught.value, httpx.TransportError)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("read", READERS)
def test_silence_is_a_timeout(server: Server, read: Callable[..., None]) -> None:
    with pytest.raises(httpx.TimeoutException):
        read(f"{server.url}/silent", timeout=0.05)


@pytest.mark.parametrize("read", READERS)
def test_silence_in_the_middle_is_a_timeout(server: Server, read: Callable[..., None]) -> None:
    with pytest.raises(httpx.TimeoutException):
        read(f"{server.url}/words", timeout=httpx.Timeout(0.05))


def test_a_closed_port_is_a_connect_error(server: Server, free_port: FreePort) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{free_port()}/")


@pytest.mark.parametrize("url", ["127.0.0.1/x", "ftp://127.0.0.1/x", "http://", "http://[::1/x"])
def test_what_is_no_address_is_an_invalid_url(server: Server, url: str) -> None:
    with pytest.raises(httpx.InvalidURL):
        httpx.get(url)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("http://Host.Example/A%20b", ("http", "host.example", None, "/A b")),
        ("HTTP://127.0.0.1:80", ("http", "127.0.0.1", None, "/")),
        ("https://[::1]:7860/x?y#z", ("https", "::1", 7860, "/x")),
    ],
)
def test_urls_that_mean_the_same_have_the_same_parts(text: str, parts: tuple[object, ...]) -> None:
    url = httpx.URL(text)
    assert (url.scheme, url.host, url.port, url.path) == parts


@pytest.mark.parametrize("text", ["http://[::1", "http://x:70000/", "http://x:y/"])
def test_a_broken_url_is_invalid(text: str) -> None:
    with pytest.raises(httpx.InvalidURL):
        httpx.URL(text)


# --- huggingface_hub and fsspec -----------------------------------------------------------------------------


def test_no_token_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    for token in (None, True, False, ""):
        assert "hf_secret" not in str(hub.utils.build_hf_headers(token=token, library_name="a"))
    assert hub.utils.build_hf_headers(token="given")["authorization"] == "Bearer given"


def test_a_space_is_refused_and_nothing_is_reported() -> None:
    with pytest.raises(hub.SpacesNotSupported, match="give the URL"):
        vendored.gradio_client.Client("someone/space", verbose=False, analytics_enabled=False)
    assert hub.utils.send_telemetry(topic="x") is None


def test_coroutines_are_refused_before_a_loop_starts() -> None:
    with pytest.raises(NotImplementedError):
        vendored.gradio_client.utils.synchronize_async(lambda: None)
    with pytest.raises(NotImplementedError):
        fsspec_asyn.sync(None, None)
