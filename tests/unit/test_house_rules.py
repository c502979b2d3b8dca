"""Laws of this project that no linter knows, each with a planted violation that it must catch."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "addon" / "movie_director"

LONGEST_FUNCTION = 60
LONGEST_FILE = 400

Rule = Callable[[ast.Module], Iterator[ast.AST]]


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or attribute, or "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def uses_of(*names: str) -> Rule:
    """Return a rule that finds the dotted `names`, also when their last part was imported alone."""
    by_module: dict[str, set[str]] = {}
    for name in names:
        module, _, last = name.rpartition(".")
        by_module.setdefault(module, set()).add(last)

    def find(tree: ast.Module) -> Iterator[ast.AST]:
        for node in ast.walk(tree):
            if dotted(node) in names:
                yield node
            elif isinstance(node, ast.ImportFrom) and not node.level:
                forbidden = by_module.get(node.module or "", set())
                if any(alias.name in forbidden for alias in node.names):
                    yield node

    return find


def creations_of_threads(tree: ast.Module) -> Iterator[ast.Call]:
    """Calls that create a thread: `Thread(...)`, or `super().__init__(...)` in a subclass of it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) in ("Thread", "threading.Thread"):
            yield node
        if isinstance(node, ast.ClassDef) and any(dotted(base).endswith("Thread") for base in node.bases):
            yield from (call for call in ast.walk(node) if isinstance(call, ast.Call) and is_super_init(call))


def is_super_init(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__init__"
        and isinstance(function.value, ast.Call)
        and dotted(function.value.func) == "super"
    )


def nameless_or_waited_for_threads(tree: ast.Module) -> Iterator[ast.AST]:
    for call in creations_of_threads(tree):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        daemon = given.get("daemon")
        if "name" not in given or not (isinstance(daemon, ast.Constant) and daemon.value is True):
            yield call


def long_functions(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
                yield node


def async_code(tree: ast.Module) -> Iterator[ast.AST]:
    kinds = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    yield from (node for node in ast.walk(tree) if isinstance(node, kinds))


def swallowed_exceptions(tree: ast.Module) -> Iterator[ast.AST]:
    """Handlers for everything, also SystemExit and KeyboardInterrupt, that do not raise again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            everything = node.type is None or dotted(node.type) == "BaseException"
            if everything and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
                yield node


def missing_beginning(tree: ast.Module) -> Iterator[ast.AST]:
    """A module without a docstring, or with annotations that Python 3.10 would evaluate."""
    future = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    annotated = any(isinstance(node, (ast.FunctionDef, ast.AnnAssign)) for node in ast.walk(tree))
    if ast.get_docstring(tree) is None or (annotated and not future):
        yield tree


def clocks_in_core(tree: ast.Module) -> Iterator[ast.AST]:
    names = ("now", "utcnow", "today", "time.time", "monotonic", "perf_counter")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).endswith(names):
            yield node


def waits_without_limit(tree: ast.Module) -> Iterator[ast.AST]:
    """`thread.join()`, `event.wait()` and `selector.select()` without arguments wait for ever."""
    for node in ast.walk(tree):
        bare = isinstance(node, ast.Call) and not node.args and not node.keywords
        if bare and isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "wait", "select"):
            yield node


#: name: (folder it holds in, the rule, source that breaks it, source that does not)
RULES: dict[str, tuple[str, Rule, str, str]] = {
    "sys.path is never touched": (
        "",
        uses_of("sys.path"),
        "import sys\nsys.path.insert(0, 'x')",
        "import sys\nsys.modules['x']",
    ),
    "no thread pool: it is joined at exit and hangs Blender": (
        "",
        uses_of("concurrent.futures.ThreadPoolExecutor", "futures.ThreadPoolExecutor", "ThreadPoolExecutor"),
        "from concurrent.futures import ThreadPoolExecutor",
        "from concurrent.futures import TimeoutError",
    ),
    "no threading.Timer: it has no name and is not a daemon": (
        "",
        uses_of("threading.Timer"),
        "import threading\nthreading.Timer(1, f)",
        "import threading\nthreading.Event()",
    ),
    "no time.sleep: the only sleep is an Event wait or a select": (
        "",
        uses_of("time.sleep"),
        "from time import sleep",
        "import time\ntime.monotonic()",
    ),
    "every thread has a name and is a daemon": (
        "",
        nameless_or_waited_for_threads,
        "import threading\nthreading.Thread(target=f, daemon=True)",
        "import threading\nthreading.Thread(target=f, name='md-x', daemon=True)",
    ),
    "threads may be stopped: no wait without a limit": (
        "",
        waits_without_limit,
        "thread.join()",
        "thread.join(0.5); ', '.join(parts); event.wait(timeout=1)",
    ),
    "no async code": ("", async_code, "async def f(): pass", "def f(): pass"),
    f"no function longer than {LONGEST_FUNCTION} lines": (
        "",
        long_functions,
        "def f():\n" + "    pass\n" * LONGEST_FUNCTION,
        "def f():\n" + "    pass\n" * (LONGEST_FUNCTION - 1),
    ),
    "nothing swallows SystemExit": (
        "",
        swallowed_exceptions,
        "try: f()\nexcept BaseException: pass",
        "try: f()\nexcept BaseException:\n    undo()\n    raise",
    ),
    "every module says what it is": ("", missing_beginning, "import os", '"""A module."""\nx = 1'),
    "core reads no clock: time is an argument": (
        "core",
        clocks_in_core,
        "import datetime\ndatetime.datetime.now()",
        "import datetime\ndatetime.datetime.fromtimestamp(now)",
    ),
}


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def sources(folder: str) -> list[Path]:
    found = [path for path in sorted((ADDON / folder).rglob("*.py")) if "vendor" not in path.parts]
    assert found, f"no source in {ADDON / folder}"
    return found


@pytest.mark.parametrize("name", RULES)
def test_the_code_keeps_the_rule(name: str) -> None:
    folder, rule, _, _ = RULES[name]
    broken = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
        for path in sources(folder)
        for node in rule(parsed(path))
    ]
    assert not broken, f"{name}: {broken}"


@pytest.mark.parametrize("name", RULES)
def test_the_rule_catches_a_planted_violation_and_nothing_else(name: str) -> None:
    _, rule, bad, good = RULES[name]
    assert list(rule(ast.parse(bad)))
    assert not list(rule(ast.parse(good)))


def test_no_source_file_is_too_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in [*sources(""), *(ROOT / "scripts").glob("*.py")]
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_thread_subclasses_are_checked_too() -> None:
    source = "class Worker(threading.Thread):\n    def __init__(self):\n        super().__init__({})"
    assert list(nameless_or_waited_for_threads(ast.parse(source.format("name='w'"))))
    assert not list(nameless_or_waited_for_threads(ast.parse(source.format("name='w', daemon=True"))))
