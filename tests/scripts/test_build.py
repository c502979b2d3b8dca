"""scripts/build.py: what is in the zip, that the same sources give the same bytes, and what it refuses."""

from __future__ import annotations

import ast
import io
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import movie_director
import pytest

from scripts.vendor import ensure_tree
from tests.conftest import LONG_TIMEOUT

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("addon", "scripts", "vendor/tree", "LICENSE", "NOTICE")
VERSION = ".".join(map(str, movie_director.VERSION))
BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
import build
print(build.build(build.Path(sys.argv[2])))
"""


def built(checkout: Path, folder: Path, python: str = sys.executable) -> bytes:
    """The zip of `checkout` as `python` makes it, put into `folder`."""
    command = [python, "-c", BUILD, str(checkout / "scripts"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_TIMEOUT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    path = folder / f"movie_director-{VERSION}.zip"
    assert Path(done.stdout.strip()) == path.resolve()
    return path.read_bytes()


def copy_of(original: Path, copy: Path) -> Path:
    """Another checkout of what the zip is made from; its files are of today.

    Without what Python compiled: another process may be about to replace that.
    """
    compiled = shutil.ignore_patterns("__pycache__")
    for name in SOURCES:
        source, target = original / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=compiled, copy_function=shutil.copyfile)
        else:
            shutil.copyfile(source, target)
    return copy


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that nobody changes during these tests."""
    ensure_tree()
    return copy_of(ROOT, tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def archive(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The zip of this checkout."""
    return built(sources, tmp_path_factory.mktemp("dist"))


@pytest.fixture
def checkout(sources: Path, tmp_path: Path) -> Path:
    """A second checkout, for a test to change."""
    return copy_of(sources, tmp_path / "checkout")


def entries(archive: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.infolist()


def content_of(archive: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


# --- what is in it ------------------------------------------------------------------------------------------


def test_it_is_small_and_has_one_folder_named_like_the_module(archive: bytes) -> None:
    names = [entry.filename for entry in entries(archive)]
    assert len(archive) < 2_000_000
    assert {name.split("/")[0] for name in names} == {"movie_director"}
    assert {"movie_director/__init__.py", "movie_director/blender_manifest.toml"} <= set(names)
    assert "movie_director/core/english/problems.py" in names
    assert "movie_director/vendor/requests/__init__.py" in names


def test_every_file_of_the_checkout_that_belongs_to_it_is_in_it(archive: bytes) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "addon/movie_director"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a checkout of git")
    committed = {name.removeprefix("addon/") for name in listed.stdout.split()}
    assert committed <= {entry.filename for entry in entries(archive)}


def test_nothing_compiled_hidden_or_meant_for_tests_is_in_it(archive: bytes) -> None:
    for entry in entries(archive):
        parts = entry.filename.split("/")
        assert not {"__pycache__", "tests", "test", ".git"} & set(parts), entry.filename
        assert not any(part.startswith(".") for part in parts), entry.filename
        assert not entry.filename.endswith((".pyc", ".so", ".pyd", ".dll", ".dylib", ".exe")), entry.filename
        if not entry.filename.endswith(".png"):
            assert b"\0" not in content_of(archive, entry.filename), entry.filename


def test_the_licence_texts_of_ours_and_of_every_vendored_package_are_in_it(archive: bytes) -> None:
    names = [entry.filename for entry in entries(archive)]
    assert b"GNU GENERAL PUBLIC LICENSE" in content_of(archive, "movie_director/LICENSE")
    assert b"Wan2GP" in content_of(archive, "movie_director/NOTICE")
    pins = (ROOT / "vendor" / "vendor.lock").read_text("utf-8").splitlines()
    packages = [pin.split("==")[0].replace("-", "_") for pin in pins if "==" in pin]
    assert len(packages) >= 9
    for package in packages:
        folder = f"movie_director/vendor/LICENSES/{package}/LICENSE"
        assert [name for name in names if name.startswith(folder)], package


def test_names_are_short_enough_for_every_file_system(archive: bytes) -> None:
    names = [entry.filename for entry in entries(archive)]
    assert max(map(len, names)) < 100
    assert len({name.lower() for name in names}) == len(names)
    assert all(name.isascii() for name in names)


# --- the same bytes -----------------------------------------------------------------------------------------


def test_order_times_and_permissions_say_nothing_of_the_computer(archive: bytes) -> None:
    listed = entries(archive)
    assert [entry.filename for entry in listed] == sorted(entry.filename for entry in listed)
    assert len({entry.date_time for entry in listed}) == 1
    assert {stat.filemode(entry.external_attr >> 16) for entry in listed} == {"-rw-r--r--"}
    assert {(entry.create_system, entry.extra, entry.comment) for entry in listed} == {(3, b"", b"")}


def test_another_checkout_with_other_times_and_permissions_gives_the_same(
    archive: bytes, checkout: Path, tmp_path: Path
) -> None:
    for number, path in enumerate(sorted((checkout / "addon").rglob("*"))):
        path.chmod(0o700 if path.is_dir() or number % 2 else 0o600)
        os.utime(path, (1e9 + number, 1e9 + number))
    manifest = checkout / "addon" / "movie_director" / "blender_manifest.toml"
    manifest.write_bytes(manifest.read_bytes().replace(b"\n", b"\r\n"))
    cache = checkout / "addon" / "movie_director" / "core" / "__pycache__"
    cache.mkdir()
    (cache / "stale.cpython-310.pyc").write_bytes(b"\0")
    (checkout / "addon" / "movie_director" / ".DS_Store").write_bytes(b"\0")
    assert built(checkout, tmp_path / "dist") == archive


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_every_supported_python_gives_the_same(
    archive: bytes, sources: Path, version: str, tmp_path: Path
) -> None:
    pythons = [*ROOT.glob(f".venvs/{version}/bin/python"), *ROOT.glob(f".venvs/{version}/Scripts/python.exe")]
    if not pythons:
        pytest.skip(f"needs .venvs/{version}, which scripts/test.py makes")
    assert built(sources, tmp_path, str(pythons[0])) == archive


def test_the_command_says_where_it_is_how_large_and_its_digest(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build.py"), "--check", "--output", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr
    where, figures, checked = done.stdout.splitlines()[-3:]
    path = Path(where)
    assert path.parent == tmp_path.resolve()
    assert list(tmp_path.iterdir()) == [path]
    size, _, digest = figures.partition(" bytes, sha256 ")
    assert int(size) == path.stat().st_size
    assert len(digest) == 64
    assert "the same both times" in checked


# --- what it refuses ----------------------------------------------------------------------------------------


def refusal(checkout: Path) -> str:
    command = [sys.executable, "-c", BUILD, str(checkout / "scripts"), str(checkout / "dist")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_TIMEOUT, check=False)
    assert done.returncode == 1
    assert not (checkout / "dist").exists()
    return done.stderr.splitlines()[-1]


def in_file(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(addon: Path) -> None:
        text = (addon / name).read_text("utf-8")
        assert old in text
        (addon / name).write_text(text.replace(old, new), "utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (in_file("blender_manifest.toml", f'"{VERSION}"', '"9.8.7"'), f"of version {VERSION}, blender_"),
        (in_file("blender_manifest.toml", "\nversion =", "\nrelease ="), "has no line: version ="),
        (in_file("__init__.py", "bl_info = {", "bl_info: object = {"), "no bl_info that Blender could read"),
        (lambda addon: (addon / "core" / "fast.so").write_bytes(b"\0"), "fast.so is of no kind that belongs"),
    ],
)
def test_it_refuses(checkout: Path, change: Callable[[Path], None], expected: str) -> None:
    change(checkout / "addon" / "movie_director")
    assert expected in refusal(checkout)


def test_it_refuses_without_the_vendored_packages(checkout: Path) -> None:
    shutil.rmtree(checkout / "vendor" / "tree")
    assert "python3 scripts/vendor.py" in refusal(checkout)


# --- what Blender reads -------------------------------------------------------------------------------------


def as_blender_reads_it(source: str) -> dict[str, object]:
    """bl_info by the rule of Blender's addon_utils: the lines from its name to the first empty one."""
    lines = source.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("bl_info"))
    end = next(number for number in range(begin, len(lines)) if not lines[number].strip())
    (assignment,) = ast.parse("\n".join(lines[begin:end])).body
    assert isinstance(assignment, ast.Assign)
    return dict(ast.literal_eval(assignment.value))


def test_blender_reads_bl_info_without_running_the_file() -> None:
    info = as_blender_reads_it(Path(movie_director.__file__).read_text("utf-8"))
    assert info == movie_director.bl_info
    assert info["version"] == movie_director.VERSION
    assert info["blender"] == (3, 6, 0)


def test_importing_the_package_needs_no_blender_and_loads_nothing_more() -> None:
    code = "import sys; before = set(sys.modules); import movie_director; print(set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT / 'addon')!r}); {code}"],
        capture_output=True,
        text=True,
        timeout=LONG_TIMEOUT,
        check=True,
    )
    assert ast.literal_eval(done.stdout) - {"__future__"} == {"movie_director"}


def test_the_command_can_be_read_by_an_old_python_and_stops_at_the_first_import() -> None:
    tree = ast.parse((ROOT / "scripts" / "build.py").read_text("utf-8"), feature_version=(3, 6))
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports[0].names[0].name == "_python"
