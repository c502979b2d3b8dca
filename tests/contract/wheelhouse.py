"""The wheels that contract tests unpack and build from, fetched once into .cache/wheels/.

python3 -m tests.contract.wheelhouse        fetch them now, for example where only you know the proxy
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from unittest import mock

from scripts import vendor

WHEELS = vendor.CACHE / "wheels"
HOSTS = vendor.ROOT / "tests" / "data" / "hosts"
HOST_LOCK = HOSTS / ("blender-3.6.lock" if sys.version_info < (3, 12) else "blender-5.0.lock")
"""What a Blender with this Python bundles; urllib3 1.26.8 does not run on Python 3.12."""


def pins(lock: Path) -> dict[str, str]:
    """Return name (with underscores) -> version of every package in a lock file."""
    found = re.findall(r"^([\w-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.replace("-", "_"): version for name, version in found}


def fetch(lock: Path) -> list[Path]:
    """Return the wheels of `lock`, downloaded first if they are not in the cache; raise VendorError."""
    wheels = _cached(lock)
    if len(wheels) < len(pins(lock)):
        vendor.CACHE.mkdir(exist_ok=True)
        (vendor.CACHE / ".gitignore").write_text("*\n", encoding="utf-8")
        WHEELS.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=vendor.CACHE) as folder, _real_network():
            vendor.download(Path(folder), lock, "--require-hashes")
            for wheel in Path(folder).iterdir():
                wheel.replace(WHEELS / wheel.name)
        wheels = _cached(lock)
    return wheels


def unpack(lock: Path, folder: Path) -> None:
    """Unpack the wheels of `lock` into `folder`, as an installation would have them."""
    for wheel in fetch(lock):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)


def offline_pip() -> dict[str, str]:
    """Return environment variables with which pip finds the cached wheels and asks nobody else."""
    return {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(WHEELS), "PIP_CONFIG_FILE": os.devnull}


def _cached(lock: Path) -> list[Path]:
    found = (next(WHEELS.glob(f"{name}-{version}-*.whl"), None) for name, version in pins(lock).items())
    return [wheel for wheel in found if wheel is not None]


def _real_network() -> mock._patch_dict:
    """Without the dead proxy that conftest.py sets, while pip runs."""
    proxies = [name for name in os.environ if name.upper().endswith("_PROXY")]
    kept = {name: value for name, value in os.environ.items() if name not in proxies}
    running_tests = "PYTEST_CURRENT_TEST" in os.environ
    return mock.patch.dict(os.environ, kept if running_tests else dict(os.environ), clear=True)


if __name__ == "__main__":
    try:
        for each in (vendor.LOCK, *sorted(HOSTS.glob("*.lock"))):
            print(f"{each.name}: {len(fetch(each))} wheels")
    except vendor.VendorError as error:
        sys.exit(str(error))
