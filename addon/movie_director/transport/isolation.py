"""Load the vendored packages as sub-modules of this add-on, unseen by the host and blind to it.

`requests` becomes `<root>.vendor.requests`, where `<root>` is our own top package, whatever the host calls it
(`movie_director`, `bl_ext.user_default.movie_director`). The sources are used as shipped. Their absolute
imports are answered from the vendor folder first, then from the standard library, and never from the host's
site-packages or another add-on. sys.path and the top level of sys.modules are never touched.

How: each vendored module gets its own `__builtins__` whose `__import__` maps names, and one finder on
sys.meta_path answers for names below `<root>.vendor` only. `uninstall()` takes both away again.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from importlib.util import resolve_name
from types import ModuleType
from typing import Any

ROOT = __name__.rpartition(".transport.")[0]
PREFIX = f"{ROOT}.vendor"

_STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)


class VendorTreeMissing(ImportError):
    """The folder of vendored packages has not been built (or was left out of the installed add-on)."""

    def __init__(self, folder: str) -> None:
        super().__init__(f"no vendored packages in {folder}; build them with: python3 scripts/vendor.py")


class VendorUnloaded(ImportError):
    """A vendored package was asked for after `uninstall()`, typically by a thread that outlived it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: the vendored packages were unloaded", name=name)


def vendor_folder() -> str:
    """Return the folder of the vendored packages: in the installed add-on, else in the repository."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    installed = os.path.join(package, "vendor")
    if os.path.isdir(installed):
        return installed
    repository = os.path.dirname(os.path.dirname(package))
    return os.path.join(repository, "vendor", "tree")


def _package_names(folder: str) -> frozenset[str]:
    """Return the top-level modules and packages in `folder`; empty if there is no such folder."""
    try:
        entries = os.listdir(folder)
    except FileNotFoundError:
        return frozenset()
    modules = {entry[:-3] for entry in entries if entry.endswith(".py")}
    packages = {entry for entry in entries if os.path.isfile(os.path.join(folder, entry, "__init__.py"))}
    return frozenset(modules | packages)


class _ImportlibView(ModuleType):
    """What vendored code gets for `importlib`: the real module, but with our `import_module`."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib, name)


class _IsolatedLoader(SourceFileLoader):
    """Runs a source file with the builtins of its scope, which the finder sets."""

    scope: _Scope

    def exec_module(self, module: ModuleType) -> None:
        if self.scope.closed:
            raise VendorUnloaded(module.__name__)
        module.__dict__["__builtins__"] = self.scope.builtins
        super().exec_module(module)


class _Scope:
    """One vendor folder under one prefix: the names in it, and import as its modules see it."""

    def __init__(self, prefix: str, folder: str) -> None:
        self.prefix = prefix
        self.names = _package_names(folder)
        if not self.names:
            raise VendorTreeMissing(folder)
        self.closed = False
        self.builtins = {**vars(builtins), "__import__": self._import}
        self._importlib = _ImportlibView("importlib")
        self._importlib.__dict__["import_module"] = self._import_module

    def _absolute(self, name: str) -> str:
        """Return the real name of the module that vendored code calls `name`."""
        top = name.partition(".")[0]
        if top in self.names:
            if self.closed:
                raise VendorUnloaded(name)
            return f"{self.prefix}.{name}"
        if top in _STANDARD_LIBRARY:
            return name
        raise ModuleNotFoundError(f"No module named {name!r} (vendored code sees only its own)", name=name)

    def _import_module(self, name: str, package: str | None = None) -> ModuleType:
        """Stand in for `importlib.import_module` in vendored code."""
        if name.startswith("."):
            name = resolve_name(name, package)
        if not name.startswith(f"{self.prefix}."):
            name = self._absolute(name)
        return importlib.import_module(name)

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Stand in for `__import__` in vendored code."""
        if level:
            if self.closed:
                raise VendorUnloaded(name)
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        real = self._absolute(name)
        if fromlist or real == name:
            module = builtins.__import__(real, globals, locals, fromlist or (), 0)
            return self._importlib if module is importlib else module
        # `import a.b` binds `a`, not the root package that the real name begins with.
        importlib.import_module(real)
        return importlib.import_module(self._absolute(name.partition(".")[0]))


class _Finder:
    """Finds modules below one prefix, as source files only, and knows nothing of any other name."""

    def __init__(self, prefix: str, folder: str) -> None:
        self.vendor_prefix = prefix
        self.scope = _Scope(prefix, folder)
        self._folder = folder
        self._folders: dict[str, FileFinder] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == self.vendor_prefix:
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [self._folder]
            return spec
        if path is None or not fullname.startswith(f"{self.vendor_prefix}."):
            return None
        for folder in path:
            found = self._file_finder(folder).find_spec(fullname)
            if found is not None and isinstance(found.loader, _IsolatedLoader):
                found.loader.scope = self.scope
                return found
        # None would let Python's own finders search the folder, which take compiled modules as well.
        raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)

    def invalidate_caches(self) -> None:
        for finder in tuple(self._folders.values()):
            finder.invalidate_caches()

    def remove(self) -> None:
        """Take this finder and every module it loaded away; modules still in use can import nothing more."""
        self.scope.closed = True
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        below = f"{self.vendor_prefix}."
        for name in list(sys.modules):
            if name == self.vendor_prefix or name.startswith(below):
                sys.modules.pop(name, None)
        root, _, attribute = self.vendor_prefix.rpartition(".")
        if root in sys.modules:
            vars(sys.modules[root]).pop(attribute, None)
        _forget_warning_filters(below)

    def _file_finder(self, folder: str) -> FileFinder:
        if folder not in self._folders:
            self._folders[folder] = FileFinder(folder, (_IsolatedLoader, list(SOURCE_SUFFIXES)))
        return self._folders[folder]


def _forget_warning_filters(below: str) -> None:
    """Drop the filters that vendored packages added for their own warning classes."""
    warnings.filters[:] = [  # type: ignore[index]
        entry for entry in warnings.filters if not entry[2].__module__.startswith(below)
    ]


_lock = threading.Lock()
_finder: _Finder | None = None
_uninstalled = False


def install() -> None:
    """Make `<root>.vendor` importable; idempotent. Needed only after `uninstall()`, since `load` calls it.

    Takes well under a millisecond and imports no package. Raises VendorTreeMissing.
    """
    global _finder, _uninstalled
    with _lock:
        if _finder is None:
            finder = _Finder(PREFIX, vendor_folder())
            _remove_finders_of(PREFIX)
            sys.meta_path.insert(0, finder)
            _finder = finder
        _uninstalled = False


def load(name: str) -> ModuleType:
    """Return the vendored module `name` (`requests`, `urllib3.util`), importing it on first use.

    The first import of a package takes up to 0.3 s: call it in a worker thread.
    Raises VendorTreeMissing, VendorUnloaded after `uninstall()`, ModuleNotFoundError.
    """
    if _uninstalled:
        raise VendorUnloaded(name)
    if _finder is None:
        install()
    try:
        return importlib.import_module(f"{PREFIX}.{name}")
    except Exception as error:
        if _uninstalled:  # taken away during the import, which then fails in some way of its own
            raise VendorUnloaded(name) from error
        raise


def uninstall() -> None:
    """Remove the finder and every vendored module; idempotent. Later loads fail until `install()`."""
    global _finder, _uninstalled
    with _lock:
        _uninstalled = True
        _finder = None
        _remove_finders_of(PREFIX)


def _remove_finders_of(prefix: str) -> None:
    """Remove our finder, and any that an earlier, since reloaded copy of this module left behind."""
    for finder in list(sys.meta_path):
        if getattr(finder, "vendor_prefix", None) == prefix:
            finder.remove()  # type: ignore[attr-defined]
