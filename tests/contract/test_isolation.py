"""The host neither notices nor influences the vendored packages. Each test is a host of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scripts import vendor
from tests.contract import wheelhouse
from tests.contract.host import ADDON, run_host


@pytest.fixture(scope="session")
def host_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the requests, urllib3, idna, ... that a Blender with this Python bundles."""
    folder = tmp_path_factory.mktemp("host")
    try:
        wheelhouse.unpack(wheelhouse.HOST_LOCK, folder)
    except vendor.VendorError as error:
        pytest.skip(f"needs wheels: python3 -m tests.contract.wheelhouse ({error})")
    return folder


@pytest.fixture
def decoys(tmp_path: Path) -> Path:
    """A folder of packages that requests, urllib3, pybreaker and websocket-client use when they find them."""
    files = {
        "brotli.py": "class error(Exception): ...",
        "chardet/__init__.py": "__version__ = '5.2.0'",
        "cryptography/__init__.py": "__version__ = '42.0.0'",
        "h2/__init__.py": "__version__ = '4.1.0'",
        "python_socks/__init__.py": "",
        "redis/__init__.py": "class Redis: ...",
        "redis/client.py": "class Pipeline: ...",
        "redis/exceptions.py": "class RedisError(Exception): ...",
        "simplejson.py": "class JSONDecodeError(ValueError): ...",
        "socks.py": "",
        "tornado/__init__.py": "",
        "tornado/gen.py": "",
        "wsaccel/__init__.py": "",
    }
    for name, source in files.items():
        path = tmp_path / "decoys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path / "decoys"


# --- the host does not notice -------------------------------------------------------------------------------

USE_EVERYTHING = """
import requests, urllib3, idna, certifi, charset_normalizer
host = {name: sys.modules[name] for name in sys.modules}
path, hooks, before = list(sys.path), list(sys.path_hooks), set(sys.modules)
caches = set(sys.path_importer_cache)
threads = threading.active_count()

from movie_director.transport import vendored
for package in (vendored.requests, vendored.urllib3, vendored.websocket, vendored.pybreaker):
    assert package.__name__.startswith("movie_director.vendor."), package
assert vendored.gradio_client.Client
prepared = vendored.requests.Request("GET", "http://b\\u00fccher.example/").prepare()
assert prepared.url == "http://xn--bcher-kva.example/", prepared.url
"""


def test_a_host_with_its_own_requests_does_not_notice(host_packages: Path) -> None:
    seen = run_host(
        """
        report(
            versions=[requests.__version__, urllib3.__version__],
            same_modules=all(sys.modules.get(name) is module for name, module in host.items()),
            foreign=foreign_names(before),
            path=sys.path == path,
            hooks=sys.path_hooks == hooks,
            caches=[entry for entry in set(sys.path_importer_cache) - caches if "vendor" in entry],
            threads=threading.active_count() - threads,
        )
        """,
        host_packages,
        ADDON,
        setup=USE_EVERYTHING,
    )
    bundled = wheelhouse.pins(wheelhouse.HOST_LOCK)
    assert seen == {
        "versions": [bundled["requests"], bundled["urllib3"]],
        "same_modules": True,
        "foreign": [],
        "path": True,
        "hooks": True,
        "caches": [],
        "threads": 0,
    }


def test_a_plain_import_would_be_noticed(decoys: Path) -> None:
    """The measures of the tests above and below do see something when nothing is isolated."""
    seen = run_host(
        """
        before = set(sys.modules)
        import requests, pybreaker
        report(
            foreign=foreign_names(before),
            tornado=pybreaker.HAS_TORNADO_SUPPORT,
            simplejson=requests.compat.has_simplejson,
        )
        """,
        vendor.TREE,
        decoys,
    )
    assert {"requests", "urllib3", "chardet", "tornado", "redis", "simplejson"} <= set(seen["foreign"])
    assert seen["tornado"] is True
    assert seen["simplejson"] is True


# --- the host does not influence ----------------------------------------------------------------------------


def test_versions_are_the_locked_ones_whatever_the_host_has(host_packages: Path) -> None:
    seen = run_host(
        """
        from movie_director.transport import isolation
        names = ["certifi", "charset_normalizer", "gradio_client", "idna", "packaging"]
        names += ["requests", "urllib3", "websocket"]
        report(**{name: isolation.load(name).__version__ for name in names})
        """,
        host_packages,
        ADDON,
        setup=USE_EVERYTHING,
    )
    locked = wheelhouse.pins(vendor.LOCK)
    locked["websocket"] = locked.pop("websocket_client")
    del locked["pybreaker"], locked["tomli"]  # they do not say
    assert seen == locked


def test_requests_uses_our_urllib3_idna_certifi_and_charset_normalizer(host_packages: Path) -> None:
    """Also where requests imports only when asked: the host's are made to fail."""
    seen = run_host(
        """
        import requests, urllib3, idna, certifi

        def trap(*args, **kwargs):
            raise AssertionError("the host's package was used")

        idna.encode = certifi.where = urllib3.PoolManager.__init__ = requests.Session.__init__ = trap
        from movie_director.transport import isolation, vendored

        ours = vendored.requests
        ours.Request("GET", "http://b\\u00fccher.example/").prepare()
        with ours.Session() as session:
            manager = session.adapters["http://"].poolmanager
        report(
            manager=type(manager).__module__,
            urllib3=ours.adapters.Retry is vendored.urllib3.Retry,
            detection=ours.compat.chardet.__name__,
            bundle=ours.certs.where(),
            contents=isolation.load("certifi").contents()[:20],
        )
        """,
        host_packages,
        ADDON,
    )
    assert seen.pop("contents").strip()
    assert seen == {
        "manager": "movie_director.vendor.urllib3.poolmanager",
        "urllib3": True,
        "detection": "movie_director.vendor.charset_normalizer",
        "bundle": str(vendor.TREE / "certifi" / "cacert.pem"),
    }


def test_optional_packages_of_the_host_are_not_picked_up(decoys: Path) -> None:
    seen = run_host(
        """
        before = set(sys.modules)
        from movie_director.transport import vendored
        report(
            tornado=vendored.pybreaker.HAS_TORNADO_SUPPORT,
            redis=vendored.pybreaker.HAS_REDIS_SUPPORT,
            simplejson=vendored.requests.compat.has_simplejson,
            detection=vendored.requests.compat.chardet.__name__,
            socket=vendored.websocket.WebSocket.__name__,
            foreign=foreign_names(before),
        )
        """,
        decoys,
        ADDON,
    )
    assert seen == {
        "tornado": False,
        "redis": False,
        "simplejson": False,
        "detection": "movie_director.vendor.charset_normalizer",
        "socket": "WebSocket",
        "foreign": [],
    }


# --- import does nothing else -------------------------------------------------------------------------------


def test_importing_vendored_loads_no_package() -> None:
    seen = run_host(
        """
        before, finders = set(sys.modules), list(sys.meta_path)
        from movie_director.transport import vendored
        report(vendor=below("movie_director.vendor"), finders=sys.meta_path == finders,
               ssl="ssl" in set(sys.modules) - before)
        """,
        ADDON,
    )
    assert seen == {"vendor": [], "finders": True, "ssl": False}


def test_an_unknown_name_is_an_attribute_error() -> None:
    seen = run_host(
        """
        from movie_director.transport import vendored
        report(found=hasattr(vendored, "numpy"), packaging=hasattr(vendored, "packaging"))
        """,
        ADDON,
    )
    assert seen == {"found": False, "packaging": False}


def test_gradio_client_starts_no_thread_and_reaches_for_no_network_when_imported() -> None:
    seen = run_host(
        """
        import asyncio
        reached = []
        watched = ["socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"]
        watched += ["subprocess.Popen"]
        sys.addaudithook(lambda event, args: reached.append(event) if event in watched else None)
        started = []
        threading.Thread.start = lambda thread: started.append(thread.name)
        asyncio.new_event_loop = lambda: started.append("event loop")
        from movie_director.transport import vendored
        vendored.gradio_client.Client
        report(reached=reached, started=started)
        """,
        ADDON,
    )
    assert seen == {"reached": [], "started": []}


# --- loading and unloading ----------------------------------------------------------------------------------


def test_threads_that_load_at_once_get_the_same_module() -> None:
    seen = run_host(
        """
        from movie_director.transport import vendored
        barrier, found, errors = threading.Barrier(8), [], []

        def load(number):
            barrier.wait()
            try:
                found.append((vendored.requests.Session, vendored.gradio_client.Client))
            except BaseException as error:
                errors.append(repr(error))

        threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        finders = [finder for finder in sys.meta_path if hasattr(finder, "vendor_prefix")]
        report(errors=errors, answers=len(found), different=len(set(found)), finders=len(finders))
        """,
        ADDON,
    )
    assert seen == {"errors": [], "answers": 8, "different": 1, "finders": 1}


def test_uninstall_leaves_nothing_and_install_starts_afresh() -> None:
    seen = run_host(
        """
        finders, filters = list(sys.meta_path), list(warnings.filters)
        from movie_director.transport import isolation, vendored
        import movie_director
        isolation.install(); isolation.install()
        first = vendored.requests
        vendored.gradio_client
        added = len(warnings.filters) - len(filters)
        isolation.uninstall(); isolation.uninstall()
        left = dict(
            modules=below("movie_director.vendor"),
            finders=sys.meta_path == finders,
            attribute=hasattr(movie_director, "vendor"),
            filters=warnings.filters == filters,
            added=added > 0,
        )
        try:
            vendored.urllib3
        except isolation.VendorUnloaded as error:
            left["load"] = str(error)
        isolation.install()
        left["afresh"] = vendored.requests is not first and vendored.requests.__version__ == first.__version__
        report(**left)
        """,
        ADDON,
    )
    assert seen == {
        "modules": [],
        "finders": True,
        "attribute": False,
        "filters": True,
        "added": True,
        "load": "urllib3: the vendored packages were unloaded",
        "afresh": True,
    }


def test_a_reloaded_copy_takes_over_from_the_one_before() -> None:
    """Blender forgets the modules of an add-on when it is updated, without calling what they left behind."""
    seen = run_host(
        """
        from movie_director.transport import isolation
        old = isolation.load("requests")
        for name in [name for name in sys.modules if name.startswith("movie_director.transport")]:
            del sys.modules[name]
        from movie_director.transport import isolation as renewed
        new = renewed.load("requests")
        finders = [finder for finder in sys.meta_path if hasattr(finder, "vendor_prefix")]
        renewed.uninstall()
        two = renewed is not isolation and new is not old
        report(two=two, finders=len(finders), left=below("movie_director.vendor"))
        """,
        ADDON,
    )
    assert seen == {"two": True, "finders": 1, "left": []}


def test_two_root_names_at_once(tmp_path: Path) -> None:
    """An installed extension (vendor/ inside it) and a linked or copied legacy add-on do not meet."""
    extension = tmp_path / "extensions" / "bl_ext" / "user_default" / "movie_director"
    shutil.copytree(ADDON / "movie_director" / "transport", extension / "transport")
    shutil.copytree(vendor.TREE, extension / "vendor")
    (extension / "__init__.py").write_text("", encoding="utf-8")
    seen = run_host(
        """
        before = set(sys.modules)
        from bl_ext.user_default.movie_director.transport import isolation, vendored as extension
        from movie_director.transport import vendored as legacy
        extension.gradio_client, legacy.gradio_client
        names = [extension.requests.__name__, legacy.requests.__name__]
        files = [extension.requests.__file__, legacy.requests.__file__]
        foreign = foreign_names(before)
        isolation.uninstall()
        with legacy.requests.Session() as session:
            works = session.adapters["http://"].poolmanager is not None
        report(names=names, files=files, foreign=foreign, works=works,
               left=below("bl_ext.user_default.movie_director.vendor"))
        """,
        tmp_path / "extensions",
        ADDON,
    )
    assert seen == {
        "names": ["bl_ext.user_default.movie_director.vendor.requests", "movie_director.vendor.requests"],
        "files": [str(folder / "requests" / "__init__.py") for folder in (extension / "vendor", vendor.TREE)],
        "foreign": ["bl_ext"],
        "works": True,
        "left": [],
    }


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_linked_add_on_finds_the_tree_of_its_repository(tmp_path: Path) -> None:
    (tmp_path / "linked_director").symlink_to(ADDON / "movie_director", target_is_directory=True)
    seen = run_host(
        """
        from linked_director.transport import vendored
        report(name=vendored.requests.__name__, file=vendored.requests.__file__)
        """,
        tmp_path,
    )
    assert seen == {
        "name": "linked_director.vendor.requests",
        "file": str(vendor.TREE / "requests" / "__init__.py"),
    }
