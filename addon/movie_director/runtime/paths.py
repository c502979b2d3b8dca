# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything of the user lies: one place, the same for every Blender version and the terminal.

| system  | settings                              | state (logs, remembered.json)                  |
|---------|---------------------------------------|------------------------------------------------|
| Linux   | $XDG_CONFIG_HOME/movie-director       | $XDG_STATE_HOME/movie-director                 |
| Windows | %APPDATA%\\Movie Director              | the same                                       |
| macOS   | ~/Library/Application Support/Movie Director | the same                                |

MOVIE_DIRECTOR_HOME moves both into one folder, MOVIE_DIRECTOR_CONFIG names another config file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath

VARIABLE = "MOVIE_DIRECTOR_HOME"
CONFIG_VARIABLE = "MOVIE_DIRECTOR_CONFIG"


@dataclass(frozen=True)
class Folders:
    """The user's folders; they need not exist yet."""

    settings: PurePath
    state: PurePath
    named_config: PurePath | None = None
    """The config file that MOVIE_DIRECTOR_CONFIG names; it may have any name."""

    @property
    def config(self) -> PurePath:
        """The config file that the user may write."""
        return self.named_config or self.settings / "config.toml"

    @property
    def user_settings(self) -> PurePath:
        """The file of what the user set in the preferences, and of profiles."""
        return self.settings / "settings.json"

    @property
    def secrets(self) -> PurePath:
        """The file of the user's keys."""
        return self.settings / "secrets.json"

    @property
    def consent(self) -> PurePath:
        """The file of what projects may always contact."""
        return self.settings / "consent.json"

    @property
    def listed(self) -> dict[str, str]:
        """The places that a user may want to look at, by what they are."""
        return {
            "config file": str(self.config),
            "preferences": str(self.user_settings),
            "keys": str(self.secrets),
            "allowed addresses": str(self.consent),
            "remembered": str(self.memory),
            "logs": str(self.logs),
        }

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
    demands. A relative path in a variable of ours lies in `home`, and ``~`` means it.
    """
    make: type[PurePath] = PureWindowsPath if platform == "win32" else PurePosixPath
    config = _named(environ, CONFIG_VARIABLE, make(home))
    own = _named(environ, VARIABLE, make(home))
    if own is not None:
        return Folders(own, own, config)
    if platform == "win32":
        roaming = environ.get("APPDATA", "").strip()
        folder = (make(roaming) if roaming else make(home) / "AppData" / "Roaming") / "Movie Director"
        return Folders(folder, folder, config)
    if platform == "darwin":
        folder = make(home) / "Library" / "Application Support" / "Movie Director"
        return Folders(folder, folder, config)
    return Folders(
        _xdg(environ, "XDG_CONFIG_HOME", make(home) / ".config") / "movie-director",
        _xdg(environ, "XDG_STATE_HOME", make(home) / ".local" / "state") / "movie-director",
        config,
    )


def _named(environ: Mapping[str, str], variable: str, home: PurePath) -> PurePath | None:
    """The path in a variable; None if it is not set."""
    named = environ.get(variable, "").strip()
    if not named:
        return None
    return home / named.removeprefix("~").lstrip("/\\") if named.startswith("~") else home / named


def _xdg(environ: Mapping[str, str], variable: str, default: PurePath) -> PurePath:
    value = PurePosixPath(environ.get(variable, "").strip() or ".")
    return value if value.is_absolute() else default
