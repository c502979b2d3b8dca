# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything of the user lies: one place, the same for every Blender version and the terminal.

| system  | settings                              | state (logs, remembered.json)                  |
|---------|---------------------------------------|------------------------------------------------|
| Linux   | $XDG_CONFIG_HOME/movie-director       | $XDG_STATE_HOME/movie-director                 |
| Windows | %APPDATA%\\Movie Director              | the same                                       |
| macOS   | ~/Library/Application Support/Movie Director | the same                                |

MOVIE_DIRECTOR_HOME moves both into one folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath

VARIABLE = "MOVIE_DIRECTOR_HOME"


@dataclass(frozen=True)
class Folders:
    """The user's folders; they need not exist yet."""

    settings: PurePath
    state: PurePath

    @property
    def logs(self) -> PurePath:
        return self.state / "logs"

    @property
    def memory(self) -> PurePath:
        """The file of what services could do when they were last seen."""
        return self.state / "remembered.json"


def folders(platform: str, environ: Mapping[str, str], home: str) -> Folders:
    """The folders of the user whose home is `home`, on `platform` (as in `sys.platform`).

    Variables that are empty count as not set, and so do relative ones of the XDG convention, as it
    demands. A relative MOVIE_DIRECTOR_HOME lies in `home`, and ``~`` means it.
    """
    make: type[PurePath] = PureWindowsPath if platform == "win32" else PurePosixPath
    own = environ.get(VARIABLE, "").strip()
    if own:
        folder = make(home) / own.removeprefix("~").lstrip("/\\") if own.startswith("~") else make(home) / own
        return Folders(folder, folder)
    if platform == "win32":
        roaming = environ.get("APPDATA", "").strip()
        folder = (make(roaming) if roaming else make(home) / "AppData" / "Roaming") / "Movie Director"
        return Folders(folder, folder)
    if platform == "darwin":
        folder = make(home) / "Library" / "Application Support" / "Movie Director"
        return Folders(folder, folder)
    return Folders(
        _xdg(environ, "XDG_CONFIG_HOME", make(home) / ".config") / "movie-director",
        _xdg(environ, "XDG_STATE_HOME", make(home) / ".local" / "state") / "movie-director",
    )


def _xdg(environ: Mapping[str, str], variable: str, default: PurePath) -> PurePath:
    value = PurePosixPath(environ.get(variable, "").strip() or ".")
    return value if value.is_absolute() else default
