"""The server's folders input, output and temp, kept in memory."""

from __future__ import annotations

import hashlib
import random
import re
import string
import threading
from dataclasses import dataclass, field
from email.utils import formatdate

FOLDERS = ("input", "output", "temp")


@dataclass(frozen=True)
class StoredFile:
    """Content and what HTTP says about it."""

    content: bytes
    modified: str = field(default_factory=lambda: formatdate(usegmt=True))

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}-{len(self.content):x}"'


class FileStore:
    """Files by (folder, subfolder, name). Safe to use from several threads."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str, str], StoredFile] = {}
        self._lock = threading.Lock()
        self._temp_prefix = ""
        self.forget_temp()

    def forget_temp(self) -> None:
        """What a start of the server does: temp is emptied and its files get a new random prefix."""
        with self._lock:
            self._files = {key: file for key, file in self._files.items() if key[0] != "temp"}
            self._temp_prefix = "ComfyUI_temp_" + "".join(random.choices(string.ascii_lowercase, k=5))

    def read(self, folder: str, subfolder: str, name: str) -> StoredFile | None:
        return self._files.get((folder, subfolder, name))

    def save_image(self, folder: str, prefix: str | None, content: bytes) -> dict[str, str]:
        """Store under the next free number of `prefix`; returns the entry that goes into outputs."""
        with self._lock:
            stem = self._temp_prefix if prefix is None else prefix
            subfolder, _, stem = stem.rpartition("/")
            name = f"{stem}_{self._next_number(folder, subfolder, stem):05}_.png"
            self._files[folder, subfolder, name] = StoredFile(content)
        return {"filename": name, "subfolder": subfolder, "type": folder}

    def upload(
        self, folder: str, subfolder: str, name: str, content: bytes, *, overwrite: bool
    ) -> dict[str, str]:
        """Store an upload; another content under a taken name gets a new name, `a (1).png`."""
        stem, dot, suffix = name.rpartition(".")
        if not dot:
            stem, suffix = name, ""
        with self._lock:
            chosen, number = name, 0
            while not overwrite and self._holds_another(folder, subfolder, chosen, content):
                number += 1
                chosen = f"{stem} ({number}){dot}{suffix}"
            self._files[folder, subfolder, chosen] = StoredFile(content)
        return {"name": chosen, "subfolder": subfolder, "type": folder}

    def _holds_another(self, folder: str, subfolder: str, name: str, content: bytes) -> bool:
        present = self._files.get((folder, subfolder, name))
        return present is not None and present.content != content

    def _next_number(self, folder: str, subfolder: str, stem: str) -> int:
        pattern = re.compile(re.escape(stem) + r"_(\d+)_\.png")
        used = [
            int(match[1])
            for kind, place, name in self._files
            if (kind, place) == (folder, subfolder) and (match := pattern.fullmatch(name))
        ]
        return max(used, default=0) + 1
