# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports do not tell who wrote them: user, home, computer and the folders of projects, however written."""

from __future__ import annotations

import json
import unicodedata
from urllib.parse import quote

import pytest
from movie_director.core.anonymity import Anonymizer, Identity

from tests.processor_time import processor_time

ADA = Anonymizer(Identity("/home/ada", ("ada", "Ada Lovelace"), ("adas-mac.studio.example",)))
WINDOWS = Anonymizer(Identity(r"C:\Users\Ada Lovelace", ("ada",), ("RENDER-07",)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "/home/ada/.config/movie-director/config.toml, line 7",
            "~/.config/movie-director/config.toml, line 7",
        ),
        ("file:///home/ada/x", "file://~/x"),
        ("/home/adam/x", "/home/<user>/x"),
        ("/Users/grace/x and /home/linus: denied", "/Users/<user>/x and /home/<user>: denied"),
        ("of Ada Lovelace, ADA and adage", "of <user>, <user> and adage"),
        ("/mnt/ada_files/cert.pem", "/mnt/<user>_files/cert.pem"),
        ("http://adas-mac:8188/ada", "http://<computer>:8188/<user>"),
        ("http://Adas-Mac.local:8188", "http://<computer>:8188"),
        ("adas-mac.studio.example", "<computer>"),
        ("http://192.168.1.20:8188 and render.lan", "http://192.168.1.20:8188 and render.lan"),
        ("http://media/home", "http://media/home"),
    ],
)
def test_on_linux_and_macos(text: str, told: str) -> None:
    assert ADA(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"C:\Users\Ada Lovelace\AppData\x.json", r"~\AppData\x.json"),
        (r"c:\users\ada lovelace\x", r"~\x"),
        ("C:/Users/Ada Lovelace/x", "~/x"),
        (repr(r"C:\Users\Ada Lovelace\x"), r"'~\\x'"),
        (r"file:///C:/Users/Ada%20Lovelace/x", "file:///~/x"),
        (r"C:\Users\ADALOV~1\Temp", r"C:\Users\<user>\Temp"),
        (r"D:\Users\Grace Hopper\x", r"D:\Users\<user>\x"),
        ("http://render-07:7860", "http://<computer>:7860"),
        (r"RENDER-07\ada", r"<computer>\<user>"),
    ],
)
def test_on_windows(text: str, told: str) -> None:
    assert WINDOWS(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/ada/secret client/shot 1.blend: no", "…/shot 1.blend: no"),
        (r"D:\Films\Secret\shot.blend1", r"…\shot.blend1"),
        (r"\\server\films\secret\shot.blend", r"…\shot.blend"),
        ("in '/a/b.blend' and \"/c/d.blend\"", "in '…/b.blend' and \"…/d.blend\""),
        ("shot.blend, /a/notes.blender", "shot.blend, /a/notes.blender"),
        ("//textures/../shot.blend", "…/shot.blend"),
    ],
)
def test_of_a_project_only_the_name_is_told(text: str, told: str) -> None:
    assert ADA(text) == told


def test_what_lies_beside_the_project_is_told_without_its_folder() -> None:
    cover = Anonymizer(Identity("/home/ada", project="/mnt/films/Secret"))
    assert cover("/mnt/films/Secret/certs/ca.pem") == "<project>/certs/ca.pem"
    inside = Anonymizer(Identity("/home/ada", project="/home/ada/films"))
    assert inside("/home/ada/films/ca.pem, /home/ada/x") == "<project>/ca.pem, ~/x"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_with_accents_are_found_in_every_spelling(form: str) -> None:
    name = unicodedata.normalize(form, "Jörg")
    cover = Anonymizer(Identity(f"/Users/{name}", (name,)))
    for each in ("NFC", "NFD"):
        written = unicodedata.normalize(each, "Jörg")
        for spelling in (written, quote(written), json.dumps(written)[1:-1]):
            assert cover(f"http://host/{spelling}?") == "http://host/<user>?", spelling
            assert cover(f"/Users/{spelling}/x") == "~/x", spelling


@pytest.mark.parametrize("name", ["root", "Admin", "blender", "al", "ComfyUI", ""])
def test_names_that_tell_of_nobody_stay(name: str) -> None:
    cover = Anonymizer(Identity("/", (name,), ("localhost", "comfyui")), keep=["ComfyUI"])
    sentence = f"{name} al root comfyui on localhost: the admin of blender"
    assert cover(sentence) == sentence
    assert cover(f"/home/{name or 'x'}/y") == "/home/<user>/y"


@pytest.mark.parametrize(
    "piece",
    ["/", "/a .blend ", ".blend ", "\\\\", "C:\\Users\\a b ", "/home/", "ada.", "adas-mac.", "~/a.blend:"],
)
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert processor_time(lambda: (ADA(text), WINDOWS(text))) < 0.5
