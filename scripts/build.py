#!/usr/bin/env python3
"""Build the add-on: one zip that Blender 3.6 and later installs, from 4.2 on as an extension.

    python3 scripts/build.py                build dist/movie_director-<version>.zip
    python3 scripts/build.py --output DIR   build it in another folder
    python3 scripts/build.py --check        build it twice and compare

The same sources give the same bytes, whichever Python builds them: names are sorted, times and permissions
fixed. Ends with 0 when the zip is there, 1 when something in the sources forbids it, 2 when something is
needed first.
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import ast
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import _environment
import _processes

ROOT = _environment.ROOT
NAME = "movie_director"
ADDON = ROOT / "addon" / NAME
TREE = ROOT / "vendor" / "tree"
LICENCES = ("LICENSE", "NOTICE")
MANIFEST = "blender_manifest.toml"

TEXTS = frozenset({".py", ".toml"})
IMAGES = frozenset({".png"})
"""What the add-on consists of; another kind of file is there by mistake."""

TIME = (2026, 1, 1, 0, 0, 0)
"""When every file was changed last, as far as the zip tells."""
PERMISSIONS = 0o100644
UNIX = 3
LARGEST = 2_000_000
"""Bytes that the zip may have."""


class CannotBuild(Exception):
    """The sources do not make an add-on; the text is for the person at the terminal."""


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    folder = "where to put the zip (dist/)"
    parser.add_argument("--output", metavar="DIR", type=Path, default=ROOT / "dist", help=folder)
    parser.add_argument("--check", action="store_true", help="build it twice and compare")
    options = parser.parse_args()
    _processes.set_up()
    try:
        _environment.prepare_vendor_tree(_environment.prepare("demo"))
        path = build(options.output)
        if options.check and contents() != path.read_bytes():
            raise CannotBuild(f"{path} was built again, with other bytes.")
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    except (CannotBuild, OSError) as problem:
        print(f"build: {problem}", file=sys.stderr)
        return 1
    report(path, checked=options.check)
    return 0


def report(path: Path, *, checked: bool) -> None:
    """Print where the zip is, its size in bytes and its SHA-256."""
    content = path.read_bytes()
    print(f"{path}\n{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    if checked:
        print("built twice, the same both times")


def build(folder: Path) -> Path:
    """Write the zip into `folder`, which is made if need be, and return its path.

    vendor/tree/ has to be up to date. Raises CannotBuild, OSError.
    """
    content = contents()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder.resolve() / f"{NAME}-{version()}.zip"
    half = path.with_suffix(".half")
    half.write_bytes(content)
    half.replace(path)  # in one step: nobody installs half of it
    return path


def contents() -> bytes:
    """Return the zip, byte for byte the same from the same sources. Raises CannotBuild, OSError."""
    files = dict(members())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = UNIX
            entry.external_attr = PERMISSIONS << 16
            archive.writestr(entry, files[name])
    content = buffer.getvalue()
    if len(content) >= LARGEST:
        raise CannotBuild(f"The zip has {len(content)} bytes; it should stay below {LARGEST}.")
    return content


def members() -> Iterator[tuple[str, bytes]]:
    """Give the name and the content of every file in the zip. Raises CannotBuild, OSError."""
    version()
    for name in LICENCES:
        yield f"{NAME}/{name}", text_of(ROOT / name)
    for path, inside in files_below(ADDON):
        if inside.parts[0] == "vendor":  # a copy or a link that somebody made to try it
            continue
        if path.suffix not in TEXTS | IMAGES:
            raise CannotBuild(f"{path.relative_to(ROOT)} is of no kind that belongs into the add-on.")
        yield f"{NAME}/{inside}", path.read_bytes() if path.suffix in IMAGES else text_of(path)
    if not (TREE / "versions.json").is_file():
        raise CannotBuild("vendor/tree has not been built: python3 scripts/vendor.py")
    for path, inside in files_below(TREE):
        yield f"{NAME}/vendor/{inside}", path.read_bytes()


def files_below(folder: Path) -> Iterator[tuple[Path, PurePosixPath]]:
    """Give every file and its path within `folder`, but what Python compiled and hidden files."""
    for path in folder.rglob("*"):
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        if path.is_file() and not hidden:
            yield path, inside


def text_of(path: Path) -> bytes:
    """Return a text with plain line feeds, whatever the checkout has."""
    return path.read_text(encoding="utf-8").encode()


def version() -> str:
    """Return the version in bl_info, which is VERSION's too. Raises CannotBuild if the manifest differs."""
    told = ".".join(map(str, bl_info()["version"]))
    manifest = (ADDON / MANIFEST).read_text(encoding="utf-8")
    found = re.search(r'^version = "(.*)"$', manifest, re.MULTILINE)
    if found is None:
        raise CannotBuild(f'{MANIFEST} has no line: version = "{told}"')
    if found[1] != told:
        raise CannotBuild(f"bl_info in __init__.py is of version {told}, {MANIFEST} of {found[1]}.")
    return told


def bl_info() -> dict[str, Any]:
    """Return bl_info as Blender reads it, without running the file. Raises CannotBuild."""
    for node in ast.parse((ADDON / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "bl_info":
            return dict(ast.literal_eval(node.value))
    raise CannotBuild("__init__.py has no bl_info that Blender could read.")


if __name__ == "__main__":
    sys.exit(main())
