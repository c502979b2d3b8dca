"""The user's folders on every system, and the variable that moves them."""

from __future__ import annotations

import pytest
from movie_director.runtime.paths import folders

WINDOWS = "C:\\Users\\Ada"


@pytest.mark.parametrize(
    ("platform", "environ", "home", "settings", "logs"),
    [
        (
            "linux",
            {},
            "/home/ada",
            "/home/ada/.config/movie-director",
            "/home/ada/.local/state/movie-director/logs",
        ),
        (
            "linux",
            {"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
            "/home/ada",
            "/c/movie-director",
            "/s/movie-director/logs",
        ),
        (
            "linux",
            {"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": ""},
            "/home/ada",
            "/home/ada/.config/movie-director",
            "/home/ada/.local/state/movie-director/logs",
        ),
        (
            "darwin",
            {"XDG_CONFIG_HOME": "/c"},
            "/Users/ada",
            "/Users/ada/Library/Application Support/Movie Director",
            "/Users/ada/Library/Application Support/Movie Director/logs",
        ),
        (
            "win32",
            {"APPDATA": "D:\\Roaming"},
            WINDOWS,
            "D:\\Roaming\\Movie Director",
            "D:\\Roaming\\Movie Director\\logs",
        ),
        (
            "win32",
            {},
            WINDOWS,
            "C:\\Users\\Ada\\AppData\\Roaming\\Movie Director",
            "C:\\Users\\Ada\\AppData\\Roaming\\Movie Director\\logs",
        ),
        ("linux", {"MOVIE_DIRECTOR_HOME": "/m"}, "/home/ada", "/m", "/m/logs"),
        ("darwin", {"MOVIE_DIRECTOR_HOME": "~/m"}, "/Users/ada", "/Users/ada/m", "/Users/ada/m/logs"),
        ("linux", {"MOVIE_DIRECTOR_HOME": "m"}, "/home/ada", "/home/ada/m", "/home/ada/m/logs"),
        ("win32", {"MOVIE_DIRECTOR_HOME": "E:\\m", "APPDATA": "D:\\"}, WINDOWS, "E:\\m", "E:\\m\\logs"),
    ],
)  # fmt: skip
def test_folders(platform: str, environ: dict[str, str], home: str, settings: str, logs: str) -> None:
    found = folders(platform, environ, home)
    assert (str(found.settings), str(found.logs)) == (settings, logs)
