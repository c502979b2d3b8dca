"""POST /upload/image and GET /view."""

from __future__ import annotations

import mimetypes
import posixpath
import re
from email.message import Message

from .files import FOLDERS, StoredFile
from .responses import Request, Response, empty, internal_error, json_response
from .shared import Shared

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Storage:
    """Handlers over the server's files."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def upload(self, request: Request) -> Response:
        """Store the part `image` of a multipart form; the answer tells the name it got."""
        fields, image = parse_form(request)
        folder = fields.get("type", "input")
        if folder not in FOLDERS:
            return internal_error()
        if image is None or not image[0]:
            return empty(400)
        subfolder = fields.get("subfolder", "")
        if not _is_inside(posixpath.join(subfolder, image[0])):
            return empty(400)
        overwrite = fields.get("overwrite", "").lower() in ("true", "1")
        return json_response(
            self._shared.files.upload(folder, subfolder, image[0], image[1], overwrite=overwrite)
        )

    def view(self, request: Request) -> Response:
        """The content of one file, or of the range asked for."""
        name = request.query.get("filename", "")
        folder, subfolder = request.query.get("type", "output"), request.query.get("subfolder", "")
        if name.startswith("/") or ".." in name or (name and folder not in FOLDERS):
            return empty(400)
        if not _is_inside(subfolder):
            return empty(403)
        stored = self._shared.files.read(folder, subfolder, name)
        if stored is None:
            return empty(404)
        return self._file_response(request, name, stored)

    def _file_response(self, request: Request, name: str, stored: StoredFile) -> Response:
        headers = [("Content-Disposition", f'filename="{name}"')]
        if self._shared.generation.forbids_sniffing:
            headers.insert(0, ("X-Content-Type-Options", "nosniff"))
        headers += [
            ("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream"),
            ("Etag", stored.etag),
            ("Last-Modified", stored.modified),
            ("Accept-Ranges", "bytes"),
        ]
        size = len(stored.content)
        wanted = RANGE.fullmatch(request.headers.get("range", ""))
        if wanted is None:
            return Response(200, stored.content, headers)
        first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
        if first > last:
            return Response(416, b"", [("Content-Range", f"bytes */{size}")])
        headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
        return Response(206, stored.content[first : last + 1], headers)


def parse_form(request: Request) -> tuple[dict[str, str], tuple[str, bytes] | None]:
    """Text fields of a multipart form, and (file name, content) of its part `image`."""
    boundary = _header("Content-Type", request.headers.get("content-type", "")).get_param("boundary")
    if not isinstance(boundary, str):
        raise ValueError("not a multipart form")
    fields: dict[str, str] = {}
    image = None
    for part in (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = re.search(rb"content-disposition:\s*([^\r\n]*)", head, re.IGNORECASE)
        if disposition is None:
            continue
        described = _header("Content-Disposition", disposition[1].decode("utf-8", "replace"))
        name = str(described.get_param("name", "", "Content-Disposition"))
        if name == "image":
            image = (str(described.get_param("filename", "", "Content-Disposition")), content)
        else:
            fields[name] = content.decode("utf-8", "replace")
    return fields, image


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message


def _is_inside(path: str) -> bool:
    """Whether a relative path stays inside its folder."""
    return not path.startswith("/") and posixpath.normpath(path).split("/")[0] != ".."
