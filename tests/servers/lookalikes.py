"""Programs that answer where ours are expected, one small server for each, and by what they are known.

Answers marked "recorded" were recorded from the real program; the others follow its source or documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from movie_director.core.errors import ProblemCode

from .gradio_pages import NOT_FOUND, UVICORN, app, app_behind_log_in, small_config
from .sites import Handler, json_reply, page, plain, site

RECORDED = "recorded"
DOCUMENTED = "as documented"
INVENTED = "invented"


@dataclass(frozen=True)
class Neighbour:
    """A server that is none of ours, and the right verdict on it."""

    name: str
    handler: Handler
    found: str
    """What it is to be called; empty where nothing says."""
    known_by: str
    problem: ProblemCode | None = None
    """What is wrong with it as an answer, if anything."""
    basis: str = DOCUMENTED


def _rpc_error(code: int, message: str) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": "server-error", "error": {"code": code, "message": message}}


def _models(*owners: str) -> dict[str, object]:
    models = [
        {"id": f"model-{owner}", "object": "model", "created": 1, "owned_by": owner} for owner in owners
    ]
    return {"object": "list", "data": models}


_WSGI = ("Server: WSGIServer/0.2 CPython/3.11.7", "X-Frame-Options: DENY")
_TORNADO = "Server: TornadoServer/6.6.1"
_DJANGO_PAGE = (
    '<!doctype html>\n\n<html lang="en-us" dir="ltr">\n  <head>\n    <meta charset="utf-8">\n'
    "    <title>The install worked successfully! Congratulations!</title>\n"
)
_DJANGO_404 = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n  <title>Page not found at /</title>\n</head>\n<p>\n'
    "You’re seeing this error because you have <code>DEBUG = True</code> in\nyour Django settings file.</p>"
)
_EXPRESS = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Error</title>\n</head>\n<pre>Cannot GET /</pre>'
_UNEXPECTED = {"error": "Unexpected endpoint or method. (GET /)"}

_GRADIO = (
    Neighbour(
        "AUTOMATIC1111",
        app(small_config("Stable Diffusion", "3.41.2")),
        "Stable Diffusion web UI (AUTOMATIC1111 or Forge)",
        "Gradio 3 with the title “Stable Diffusion”",
    ),
    Neighbour(
        "Forge",
        app(small_config("Stable Diffusion", "4.40.0")),
        "Stable Diffusion WebUI Forge",
        "the same title on Gradio 4",
    ),
    Neighbour(
        "Fooocus",
        app(small_config("Fooocus 2.5.5", "3.41.2")),
        "Fooocus 2.5.5",
        "Gradio with a title that begins with “Fooocus”",
    ),
    Neighbour(
        "another Gradio app",
        app(small_config("Face Studio", "5.29.0")),
        "Face Studio",
        "its title, the last `og:title` of the page",
    ),
    Neighbour(
        "a Gradio app on the port of Wan2GP",
        app(small_config("Wan2GP fan page", "5.29.0")),
        "Wan2GP fan page",
        "its title; `/wangp_api/download/none` is FastAPI's 404",
        basis=INVENTED,
    ),
    Neighbour(
        "a Gradio app without a title",
        app(small_config("Gradio", "6.31.0")),
        "a Gradio app",
        "the page; `/config` is none of AudioLDM's",
        basis=RECORDED,
    ),
    Neighbour(
        "a Gradio app behind a log-in",
        app_behind_log_in("5.29.0"),
        "a Gradio app",
        "the page says `auth_required`: nobody can know what stands behind",
        problem=ProblemCode.KEY_MISSING,
        basis=RECORDED,
    ),
)

_LANGUAGE_MODELS = (
    Neighbour(
        "Ollama",
        site(
            {"/": plain("Ollama is running"), "/api/version": json_reply({"version": "0.5.7"})},
            plain("404 page not found", "404 Not Found"),
        ),
        "Ollama 0.5.7",
        "the page “Ollama is running”; `/api/version`",
    ),
    Neighbour(
        "LM Studio, 200 for everything",
        site({"/v1/models": json_reply(_models("organization_owner"))}, json_reply(_UNEXPECTED)),
        "LM Studio",
        'the page `{"error": "Unexpected endpoint or method…"}`, whatever its status',
    ),
    Neighbour(
        "LM Studio, 404 for the unknown",
        site({"/v1/models": json_reply(_models())}, json_reply(_UNEXPECTED, "404 Not Found")),
        "LM Studio",
        "the same",
    ),
    Neighbour(
        "vLLM",
        site(
            {
                "/v1/models": json_reply(_models("vllm"), "200 OK", UVICORN),
                "/version": json_reply({"version": "0.6.3"}, "200 OK", UVICORN),
                "/health": plain("", "200 OK", UVICORN),
            },
            NOT_FOUND,
        ),
        "vLLM",
        "FastAPI's 404, then `/v1/models` with `owned_by` “vllm”",
    ),
)

_WEB = (
    Neighbour(
        "InvokeAI",
        site(
            {
                "/": page("<!doctype html><html><head><title>Invoke - Community Edition</title></head>"),
                "/api/v1/app/version": json_reply({"version": "5.4.3"}),
            },
            NOT_FOUND,
        ),
        "InvokeAI 5.4.3",
        "a title that begins with “Invoke”; `/api/v1/app/version`",
    ),
    Neighbour(
        "plain FastAPI",
        site({"/openapi.json": json_reply({"openapi": "3.1.0", "info": {"title": "FastAPI"}})}, NOT_FOUND),
        "a FastAPI program",
        '404 `{"detail": "Not Found"}`',
        basis=RECORDED,
    ),
    Neighbour(
        "plain uvicorn (Starlette)",
        site({}, plain("Not Found", "404 Not Found", UVICORN)),
        "uvicorn",
        "nothing but its `Server` field",
    ),
    Neighbour(
        "Django, a new project",
        site({"/": page(_DJANGO_PAGE, "200 OK", *_WSGI)}, page(_DJANGO_404, "404 Not Found", *_WSGI)),
        "Django",
        "its page of congratulations",
        basis=RECORDED,
    ),
    Neighbour(
        "Django without a page at /",
        site({}, page(_DJANGO_404, "404 Not Found", *_WSGI)),
        "Django",
        "its page of explanations",
    ),
    Neighbour(
        "Jupyter",
        site(
            {
                "/": page("", "302 Found", _TORNADO, "Location: /tree?"),
                "/api": json_reply({"version": "2.21.1"}, "200 OK", _TORNADO),
            },
            page("<!DOCTYPE HTML>\n<title>Jupyter Server</title>", "404 Not Found", _TORNADO),
        ),
        "Jupyter 2.21.1",
        "a redirect by Tornado, then `/api` with `version`",
        basis=RECORDED,
    ),
    Neighbour(
        "Python's http.server",
        site(
            {
                "/": page(
                    "<!DOCTYPE HTML>\n<title>Directory listing for /</title>",
                    "200 OK",
                    "Server: SimpleHTTP/0.6",
                )
            },
            page("<title>Error response</title>", "404 Not Found", "Server: SimpleHTTP/0.6"),
        ),
        "Directory listing for /",
        "its title",
        basis=RECORDED,
    ),
    Neighbour(
        "nginx",
        site({}, page("<html><title>Welcome to nginx!</title>", "200 OK", "Server: nginx/1.27.2")),
        "Welcome to nginx!",
        "its title",
    ),
    Neighbour(
        "a server of downloads",
        site({}, plain("Download expired or not found", "404 Not Found")),
        "",
        "Wan2GP's words at every address; `/gradio_api/app_id` is not Gradio's",
        basis=INVENTED,
    ),
    Neighbour(
        "a page that calls itself ComfyUI",
        site({"/": page("<html><head><title>ComfyUI</title></head>")}, page("no", "404 Not Found")),
        "ComfyUI",
        "its title; `/system_stats` is not ComfyUI's, so a title proves nothing",
        basis=INVENTED,
    ),
)

_MCP = (
    Neighbour(
        "an MCP server in Python",
        site(
            {
                "/mcp": json_reply(
                    _rpc_error(-32600, "Not Acceptable: Client must accept text/event-stream"),
                    "406 Not Acceptable",
                    UVICORN,
                ),
                "POST /mcp": json_reply(
                    {
                        "jsonrpc": "2.0",
                        "id": 1,
                        "result": {
                            "protocolVersion": "2025-03-26",
                            "capabilities": {},
                            "serverInfo": {"name": "Weather", "version": "1.2.3"},
                        },
                    },
                    "200 OK",
                    UVICORN,
                ),
            },
            plain("Not Found", "404 Not Found", UVICORN),
        ),
        "an MCP server",
        "`/mcp` refuses GET by an error of JSON-RPC; it calls itself “Weather”, not “WanGP”",
        basis=RECORDED,
    ),
    Neighbour(
        "an older MCP server in Python",
        site(
            {
                "/mcp": plain("", "307 Temporary Redirect", UVICORN, "location: http://127.0.0.1/mcp/"),
                "/mcp/": json_reply(
                    _rpc_error(-32600, "Not Acceptable: Client must accept text/event-stream"),
                    "406 Not Acceptable",
                    UVICORN,
                ),
            },
            plain("Not Found", "404 Not Found", UVICORN),
        ),
        "an MCP server",
        "the same, after it pointed from `/mcp` to `/mcp/`",
        basis=RECORDED,
    ),
    Neighbour(
        "an MCP server in JavaScript",
        site(
            {"/mcp": json_reply(_rpc_error(-32000, "Method not allowed."), "405 Method Not Allowed")},
            page(_EXPRESS, "404 Not Found", "X-Powered-By: Express"),
        ),
        "an MCP server",
        "the same",
    ),
)

LOOKALIKES: tuple[Neighbour, ...] = (*_GRADIO, *_LANGUAGE_MODELS, *_WEB, *_MCP)
