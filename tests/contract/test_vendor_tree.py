"""vendor/tree/ is complete, lawful, pure text, and what its inputs give whoever builds it."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import vendor
from tests.contract import wheelhouse

TREE = vendor.TREE
SHIMS = {"fsspec", "httpx", "huggingface_hub"}

# Unguarded imports of what is neither in the tree nor in the standard library, and why they never run here.
NEVER_REACHED = {
    "requests/compat.py: simplejson": "below `if has_simplejson`, which a guarded import decides",
    "requests/help.py: OpenSSL": "in the `else` of a guarded import of urllib3.contrib.pyopenssl",
    "requests/help.py: cryptography": "the same",
    "urllib3/http2/connection.py: h2.config": "imported by inject_into_urllib3 only",
    "urllib3/http2/connection.py: h2.connection": "the same",
    "urllib3/http2/connection.py: h2.events": "the same",
}

# Ways around the isolation of imports, and why those in the tree do not ask the host.
WAYS_AROUND = re.compile(
    r"importlib\.(resources|metadata|util)|pkgutil|pkg_resources|__import__|sys\.(path|modules)"
)
KNOWN_WAYS_AROUND = {
    "gradio_client/utils.py": "pkgutil.get_data(__name__): asks by the module's own, real name",
    "packaging/_manylinux.py": "__import__ is the isolated one here",
    "urllib3/http2/__init__.py": "importlib.metadata.version('h2'), in inject_into_urllib3 only",
}


def tree_files(pattern: str = "*") -> list[Path]:
    return [path for path in TREE.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts]


def versions() -> dict[str, object]:
    record = json.loads((TREE / "versions.json").read_bytes())
    assert isinstance(record, dict)
    return record


# --- what is in it ------------------------------------------------------------------------------------------


def absolute_imports(tree: ast.AST, guarded: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield each absolutely imported module and whether a `try` or TYPE_CHECKING guards it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, guarded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or "", guarded
        elif isinstance(node, ast.Try):
            for part in node.body:
                yield from absolute_imports(ast.Module([part], []), True)
            for part in (*node.handlers, *node.orelse, *node.finalbody):
                yield from absolute_imports(ast.Module([part], []), guarded)  # type: ignore[list-item]
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from absolute_imports(ast.Module(node.body, []), True)
            yield from absolute_imports(ast.Module(node.orelse, []), guarded)
        else:
            yield from absolute_imports(node, guarded)


def is_in_tree(module: str) -> bool:
    path = TREE.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def unresolved(source: str) -> list[str]:
    """Return the modules that `source` imports unguarded and that vendored code cannot see."""
    return [
        module
        for module, guarded in absolute_imports(ast.parse(source))
        if not guarded and not is_in_tree(module) and module.partition(".")[0] not in sys.stdlib_module_names
    ]


def test_every_import_resolves_to_the_tree_or_the_standard_library() -> None:
    found = {
        f"{file.relative_to(TREE).as_posix()}: {module}"
        for file in tree_files("*.py")
        for module in unresolved(file.read_text(encoding="utf-8"))
    }
    assert found == set(NEVER_REACHED)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy", ["numpy"]),
        ("from urllib3.contrib.pyopenssl import x", ["urllib3.contrib.pyopenssl"]),
        ("def f():\n    import numpy.linalg", ["numpy.linalg"]),
        ("try:\n    import numpy\nexcept ImportError:\n    import scipy", ["scipy"]),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    import scipy", ["scipy"]),
        ("import json, urllib3.util", []),
    ],
)
def test_an_import_that_does_not_resolve_is_noticed(source: str, expected: list[str]) -> None:
    assert unresolved(source) == expected


def test_known_ways_around_the_isolation_are_the_only_ones() -> None:
    found = {
        file.relative_to(TREE).as_posix()
        for file in tree_files("*.py")
        if WAYS_AROUND.search(_without_comments(file.read_text(encoding="utf-8")))
    }
    assert found == set(KNOWN_WAYS_AROUND)


def _without_comments(source: str) -> str:
    """Return the code without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return ast.unparse(tree)


def test_there_is_no_binary_file() -> None:
    for file in tree_files():
        assert "\0" not in file.read_text(encoding="utf-8"), file


def test_versions_are_the_locked_ones() -> None:
    assert versions()["packages"] == wheelhouse.pins(vendor.LOCK)


def test_versions_json_matches_the_tree() -> None:
    assert versions()["tree_sha256"] == vendor.tree_digest(TREE)


def test_every_package_brings_its_licence() -> None:
    packages = wheelhouse.pins(vendor.LOCK)
    for name in packages:
        texts = [file.read_text(encoding="utf-8") for file in (TREE / "LICENSES" / name).iterdir()]
        assert any(len(text) > 500 for text in texts), name
    assert {folder.name for folder in (TREE / "LICENSES").iterdir()} == set(packages)
    assert "Apache License" in (TREE / "LICENSES/gradio_client/LICENSE").read_text(encoding="utf-8")


def test_patched_files_say_that_they_are_changed() -> None:
    patches = {file.relative_to(vendor.PATCHES).as_posix() for file in vendor.PATCHES.rglob("*.py")}
    assert patches == set(vendor.PATCHED_ORIGINALS)
    for name in patches:
        assert (TREE / name).read_text(encoding="utf-8").startswith("# Changed by Movie Director"), name


def test_top_level_is_the_locked_packages_and_our_shims() -> None:
    distributions = set(wheelhouse.pins(vendor.LOCK)) - {"websocket_client"} | {"websocket"}
    packages = {entry.name for entry in TREE.iterdir() if entry.name != "__pycache__"}
    assert packages == distributions | SHIMS | {"LICENSES", "versions.json"}


# --- how it is built ----------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the tree is built from, with nothing built yet."""
    try:
        wheelhouse.fetch(vendor.LOCK)
    except vendor.VendorError as error:
        pytest.skip(f"needs wheels: python3 -m tests.contract.wheelhouse ({error})")
    skip = shutil.ignore_patterns("tree", "__pycache__")
    shutil.copytree(vendor.VENDOR, tmp_path / "vendor", ignore=skip)
    (tmp_path / "scripts").mkdir()
    shutil.copy(vendor.__file__, tmp_path / "scripts" / "vendor.py")
    return tmp_path


def start(checkout: Path, *arguments: str, python: Path | None = None, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python or sys.executable, checkout / "scripts" / "vendor.py", *arguments],
        env={**wheelhouse.offline_pip(), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(checkout: Path, *arguments: str, python: Path | None = None, **env: str) -> tuple[int, str]:
    """Run vendor.py of `checkout`; return its exit code and what it printed."""
    with start(checkout, *arguments, python=python, **env) as process:
        output, _ = process.communicate(timeout=50)
        return process.returncode, output


def built_digest(checkout: Path) -> object:
    return json.loads((checkout / "vendor/tree/versions.json").read_bytes())["tree_sha256"]


def test_this_python_builds_the_same_tree_byte_for_byte(checkout: Path) -> None:
    code, output = run(checkout)
    assert code == 0, output
    assert "fetching" in output
    assert "built vendor/tree" in output
    assert built_digest(checkout) == versions()["tree_sha256"]
    assert sorted(entry.name for entry in (checkout / ".cache").iterdir()) == [".gitignore", "vendor.lock"]


def test_two_builds_at_once_end_in_one_good_tree(checkout: Path) -> None:
    with start(checkout) as first, start(checkout) as second:
        outputs = [process.communicate(timeout=50)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), outputs
    assert sum("built vendor/tree" in output for output in outputs) == 1, "the second finds the work done"
    assert vendor.tree_digest(checkout / "vendor/tree") == built_digest(checkout)


@pytest.mark.slow
def test_a_changed_input_makes_a_new_tree(checkout: Path) -> None:
    run(checkout)
    before = built_digest(checkout)
    shim = checkout / "vendor/shims/fsspec/__init__.py"
    shim.write_text('"""Changed."""\n', encoding="utf-8")
    assert run(checkout)[0] == 0
    assert built_digest(checkout) != before
    assert (checkout / "vendor/tree/fsspec/__init__.py").read_bytes() == shim.read_bytes()


@pytest.mark.slow
def test_check_names_what_differs(checkout: Path) -> None:
    assert run(checkout, "--check")[0] == 1, "nothing has been built"
    run(checkout)
    assert run(checkout, "--check")[0] == 0
    (checkout / "vendor/tree/idna/core.py").write_text("import os\n", encoding="utf-8")
    (checkout / "vendor/tree/extra.py").write_text("", encoding="utf-8")
    code, output = run(checkout, "--check")
    assert code == 1
    assert "idna/core.py" in output
    assert "extra.py" in output


def test_a_package_with_another_hash_is_refused(checkout: Path) -> None:
    lock = checkout / "vendor/vendor.lock"
    lock.write_text(re.sub(r"(idna.*sha256:)\w{8}", r"\g<1>00000000", lock.read_text("utf-8")), "utf-8")
    code, output = run(checkout)
    assert code == 1
    assert "not the one that was locked" in output
    assert not (checkout / "vendor/tree").exists()


def test_a_patch_for_another_original_is_refused(checkout: Path) -> None:
    script = checkout / "scripts/vendor.py"
    original = vendor.PATCHED_ORIGINALS["certifi/core.py"]
    script.write_text(script.read_text("utf-8").replace(original, "0" * 64), "utf-8")
    code, output = run(checkout)
    assert code == 1
    assert "certifi/core.py is not the file" in output


def test_a_binary_file_is_refused(checkout: Path) -> None:
    (checkout / "vendor/tree").mkdir()
    (checkout / "vendor/tree/fine.txt").write_text("ä", encoding="utf-8")
    vendor._refuse_binaries(checkout / "vendor/tree")
    for content in (b"\x7fELF\0", b"\xff\xfe"):
        (checkout / "vendor/tree/module.so").write_bytes(content)
        with pytest.raises(vendor.VendorError, match=r"module\.so is a binary"):
            vendor._refuse_binaries(checkout / "vendor/tree")


def test_no_network_is_said_so(checkout: Path) -> None:
    code, output = run(checkout, PIP_FIND_LINKS=str(checkout))
    assert code == 2
    assert "Is there a network" in output


def test_no_pip_is_said_so(checkout: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / "bare"], check=True, timeout=50)
    python = next((checkout / "bare").glob("[bS]*/python*"))
    code, output = run(checkout, python=python)
    assert code == 2
    assert "has no pip" in output
    assert "python3-venv" in output


def test_asking_when_all_is_up_to_date_is_quick_and_silent() -> None:
    said: list[str] = []
    durations = []
    for _ in range(5):
        started = time.perf_counter()
        assert vendor.ensure_tree(said.append) == TREE
        durations.append(time.perf_counter() - started)
    assert said == []
    assert min(durations) < 0.05
