"""Gradio programs as they look from outside, of every generation, without Gradio: for mass tests.

How the configuration is embedded in the page, and what stands in its head, is as recorded of 3.14 to 6.31.
The real Gradio runs in `tests/servers/gradio_apps` and `tests/servers/wan2gp`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from .sites import Handler, Reply, json_reply, page, site

UVICORN = "server: uvicorn"
NOT_FOUND = json_reply({"detail": "Not Found"}, "404 Not Found", UVICORN)
_HEAD = """<!doctype html>
<html
	lang="en"
	style="
		margin: 0;
	"
>
	<head>
		<meta charset="utf-8" />
		<meta
			name="viewport"
			content="width=device-width, initial-scale=1, shrink-to-fit=no"
		/>
{own_title}
		<meta property="og:url" content="https://gradio.app/" />
		<meta property="og:type" content="website" />
		<meta property="og:image" content="" />
		<meta property="og:title" content="{title}" />
		<meta
			property="og:description"
			content=""
		/>
		<meta name="twitter:creator" content="@teamGradio" />
		<script>
			window.__gradio_mode__ = "app";
		</script>
		<script>window.gradio_config = {config};</script>
	</head>
	<body><gradio-app></gradio-app></body>
</html>
"""
_OWN_TITLE = '		<meta property="og:title" content="Gradio" />'


def app(config: Mapping[str, Any], own: Mapping[str, Reply] | None = None) -> Handler:
    """A program whose ``/config`` this is, with addresses of its `own` beside those of Gradio."""
    prefix = str(config.get("api_prefix", ""))
    replies = {
        "/": gradio_page(str(config["title"]), config),
        "/config": json_reply(config, "200 OK", UVICORN),
        f"{prefix}/app_id": json_reply({"app_id": config.get("app_id", 4711)}, "200 OK", UVICORN),
        f"{prefix}/startup-events": json_reply(False, "200 OK", UVICORN),
        f"{prefix}/queue/status": json_reply({"msg": "estimation", "queue_size": 0}, "200 OK", UVICORN),
    }
    return site({**replies, **(own or {})}, NOT_FOUND)


def app_behind_log_in(version: str) -> Handler:
    """A program that tells nothing about itself before its log-in."""
    config = {"auth_required": True, "auth_message": None, "space_id": None, "root": "", "version": version}
    refused = json_reply({"detail": "Not authenticated"}, "401 Unauthorized", UVICORN)
    return site({"/": gradio_page("Gradio", config), "/config": refused}, NOT_FOUND)


def small_config(title: str, version: str) -> dict[str, Any]:
    """The configuration of a program with one box of text."""
    newer = {"app_id": 5209995072817572599, "protocol": "sse_v3"} if version[0] > "3" else {}
    prefix = {"api_prefix": "/gradio_api"} if version[0] > "4" else {}
    props = {"value": "", "label": "Text", "visible": True, "name": "textbox"}
    return {
        "version": version,
        **prefix,
        "mode": "blocks",
        **newer,
        "dev_mode": False,
        "components": [{"id": 1, "type": "textbox", "props": props}],
        "css": None,
        "title": title,
        "layout": {"id": 0, "children": [{"id": 1}]},
        "dependencies": [
            {"id": 0, "targets": [[1, "change"]], "inputs": [1], "outputs": [1], "api_name": "run"}
        ],
    }


def gradio_page(title: str, config: Mapping[str, Any]) -> Reply:
    """The page of ``/`` with the configuration in it."""
    version = str(config.get("version", ""))
    text = _HEAD.replace("{own_title}", _OWN_TITLE if version[:1] in ("5", "6") else "")
    text = text.replace("{title}", html.escape(title))
    return page(text.replace("{config}", json.dumps(config, separators=(",", ":"))), "200 OK", UVICORN)
