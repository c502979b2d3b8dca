# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report says of the place where the program runs, and what of it must not be told.

Reads small files and asks the system for names, so it is for a thread that may wait. No name is looked up in
a network.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..core.anonymity import Identity
from ..core.evidence import Surroundings
from ..transport.isolation import vendor_folder
from .paths import Folders


def surroundings(
    addon: str, environ: Mapping[str, str], folders: Folders, *, blender: str = "", project: str = ""
) -> Surroundings:
    """All of it; `addon` and `blender` are versions, `project` is the folder of the open .blend.

    Never raises: what cannot be found out is empty.
    """
    return Surroundings(
        addon=addon,
        python=".".join(map(str, sys.version_info[:3])),
        system=_system(environ),
        blender=blender,
        packages=_packages(),
        files=folders.listed,
        who=Identity(
            home=os.path.expanduser("~"),
            names=tuple(dict.fromkeys(_names(environ))),
            computers=tuple(dict.fromkeys(_computers(environ))),
            project=project,
        ),
    )


def _system(environ: Mapping[str, str]) -> str:
    # Not platform.platform(): on Windows it asks a service of the system, which can take seconds.
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        build = f"{version.major}.{version.minor}.{version.build}"
        return f"Windows {build}, {environ.get('PROCESSOR_ARCHITECTURE', '')}".rstrip(", ")
    kernel = os.uname()
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}, {kernel.machine}"
    name = ""
    with contextlib.suppress(OSError):
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return ", ".join(each for each in (name, f"{kernel.sysname} {kernel.release}", kernel.machine) if each)


def _packages() -> tuple[tuple[str, str], ...]:
    try:
        record = json.loads((Path(vendor_folder()) / "versions.json").read_bytes())
        return tuple((str(name), str(version)) for name, version in sorted(record["packages"].items()))
    except (OSError, ValueError, KeyError, AttributeError):
        return ()


def _names(environ: Mapping[str, str]) -> Iterator[str]:
    for variable in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"):
        yield from filter(None, [environ.get(variable, "").strip()])
    yield from filter(None, [os.path.basename(os.path.expanduser("~"))])
    if sys.platform != "win32":
        import pwd

        with contextlib.suppress(KeyError):
            account = pwd.getpwuid(os.getuid())
            full = account.pw_gecos.partition(",")[0].strip()
            yield from filter(None, [account.pw_name, full, *_parts(full)])


def _parts(full: str) -> list[str]:
    """First and last name, where there are several."""
    parts = full.split()
    return parts if len(parts) > 1 else []


def _computers(environ: Mapping[str, str]) -> Iterator[str]:
    for variable in ("COMPUTERNAME", "HOSTNAME"):
        yield from filter(None, [environ.get(variable, "").strip()])
    if sys.platform != "win32":
        yield from filter(None, [os.uname().nodename])
