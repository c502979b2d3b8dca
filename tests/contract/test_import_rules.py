"""How imports inside vendored code behave, on small packages made for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.host import ADDON, run_host


@pytest.fixture
def small_addon(tmp_path: Path) -> Callable[..., Path]:
    """Make an add-on whose vendor folder holds the given files; return the folder that it is in."""

    def make(**files: str | bytes) -> Path:
        root = tmp_path / "addon" / "movie_director"
        shutil.copytree(ADDON / "movie_director" / "transport", root / "transport")
        (root / "__init__.py").write_text("", encoding="utf-8")
        for name, content in files.items():
            path = root / "vendor" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root.parent

    return make


FORMS = {
    "import inner": "inner.VALUE",
    "import inner.deep": "inner.deep.VALUE",
    "import inner.deep as renamed": "renamed.VALUE",
    "from inner import deep": "deep.VALUE",
    "from inner.deep import VALUE": "VALUE",
    "from inner import *": "VALUE",
    "from . import sibling": "sibling.VALUE",
    "from .sibling import VALUE": "VALUE",
    "import importlib": "importlib.import_module('inner.deep').VALUE",
    "from importlib import import_module": "import_module('inner').VALUE",
    "import importlib.util": "importlib.import_module('.sibling', __package__).VALUE",
    "import importlib as library": "library.import_module('.deep', 'inner').VALUE",
    "inner = __import__('inner.deep')": "inner.deep.VALUE",
    "import os.path": "os.path.basename('x/vendored')",
}


@pytest.mark.parametrize(("statement", "value"), FORMS.items(), ids=FORMS)
def test_every_form_of_import_reaches_the_vendored_module(
    small_addon: Callable[..., Path], tmp_path: Path, statement: str, value: str
) -> None:
    (tmp_path / "host" / "inner").mkdir(parents=True)
    (tmp_path / "host" / "inner" / "__init__.py").write_text("VALUE = 'host'", encoding="utf-8")
    addon = small_addon(
        **{
            "inner/__init__.py": "VALUE = 'vendored'",
            "inner/deep.py": "VALUE = 'vendored'",
            "outer/__init__.py": f"{statement}\nRESULT = {value}",
            "outer/sibling.py": "VALUE = 'vendored'",
        }
    )
    seen = run_host(
        """
        import inner
        from movie_director.transport import isolation
        report(result=isolation.load("outer").RESULT, host=inner.VALUE, names=below("inner"))
        """,
        tmp_path / "host",
        addon,
    )
    assert seen == {"result": "vendored", "host": "host", "names": ["inner"]}


@pytest.mark.parametrize(
    "statement", ["import inner", "import inner.deep", "import importlib; importlib.import_module('inner')"]
)
def test_what_only_the_host_has_is_a_missing_module(
    small_addon: Callable[..., Path], tmp_path: Path, statement: str
) -> None:
    (tmp_path / "host" / "inner").mkdir(parents=True)
    (tmp_path / "host" / "inner" / "__init__.py").write_text("", encoding="utf-8")
    seen = run_host(
        """
        from movie_director.transport import isolation
        try:
            isolation.load("outer")
        except ModuleNotFoundError as error:
            report(missing=error.name, left=below("movie_director.vendor.outer"))
        """,
        tmp_path / "host",
        small_addon(**{"outer.py": statement}),
    )
    assert seen["missing"] in ("inner", "inner.deep")
    assert seen["left"] == []


def test_a_compiled_module_is_not_found(small_addon: Callable[..., Path]) -> None:
    addon = small_addon(
        **{"outer.py": "", "fast.so": b"\x7fELF", "fast.pyc": b"\0", "fast.abi3.so": b"\x7fELF"}
    )
    seen = run_host(
        """
        from movie_director.transport import isolation
        isolation.load("outer")
        try:
            isolation.load("fast")
        except ModuleNotFoundError as error:
            report(missing=error.name)
        """,
        addon,
    )
    assert seen == {"missing": "movie_director.vendor.fast"}


@pytest.mark.parametrize("files", [{}, {"versions.json": "{}"}], ids=["no folder", "an empty folder"])
def test_a_missing_tree_names_the_command(small_addon: Callable[..., Path], files: dict[str, str]) -> None:
    seen = run_host(
        """
        from movie_director.transport import isolation, vendored
        try:
            vendored.requests
        except isolation.VendorTreeMissing as error:
            report(text=str(error), kind=isinstance(error, ImportError))
        """,
        small_addon(**files),
    )
    assert "python3 scripts/vendor.py" in seen["text"]
    assert "vendor" in seen["text"]
    assert seen["kind"] is True


@pytest.mark.parametrize("statement", ["import inner", "from . import late", "import importlib.util, inner"])
def test_code_that_outlives_uninstall_imports_nothing_more(
    small_addon: Callable[..., Path], tmp_path: Path, statement: str
) -> None:
    """Neither by loading the tree again, nor by finding the host's package of that name."""
    host = tmp_path / "host"
    host.mkdir()
    (host / "inner.py").write_text("", encoding="utf-8")
    addon = small_addon(
        **{
            "inner.py": "",
            "outer/__init__.py": f"def later():\n    {statement}",
            "outer/late.py": "",
        }
    )
    seen = run_host(
        """
        from movie_director.transport import isolation
        later = isolation.load("outer").later
        later()
        isolation.uninstall()
        try:
            later()
        except isolation.VendorUnloaded as error:
            report(refused=True, left=below("movie_director.vendor"), host=below("inner"))
        """,
        host,
        addon,
    )
    assert seen == {"refused": True, "left": [], "host": []}


def test_uninstall_during_an_import_ends_it_and_leaves_nothing(small_addon: Callable[..., Path]) -> None:
    addon = small_addon(
        **{
            "slow/__init__.py": "import builtins as b\nb.inside.set(); b.go_on.wait()\nfrom . import rest",
            "slow/rest.py": "",
        }
    )
    seen = run_host(
        """
        import builtins
        from movie_director.transport import isolation
        builtins.inside, builtins.go_on = threading.Event(), threading.Event()
        ended = []

        def load():
            try:
                isolation.load("slow")
            except Exception as error:
                ended.append(type(error).__name__)

        thread = threading.Thread(target=load)
        thread.start()
        builtins.inside.wait(20)
        isolation.uninstall()
        builtins.go_on.set()
        thread.join(20)
        report(ended=ended, left=below("movie_director.vendor"))
        """,
        addon,
    )
    assert seen == {"ended": ["VendorUnloaded"], "left": []}
