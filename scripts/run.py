#!/usr/bin/env python3
"""See it work: find the AI services on this computer, watch them, see them being killed and found again.

    python3 scripts/run.py             a demo stands in for each service that is not running here
    python3 scripts/run.py --light     only demos that need nothing more than this command
    python3 scripts/run.py --keep      go on watching until Ctrl-C
    python3 scripts/run.py --no-demo   only what is really running
    python3 scripts/run.py --blender   instead, open Blender with the add-on, until it is closed

Only a demo is ever stopped, never a program of yours, and that Blender has settings of its own: yours are not
touched. Ends with 0 when all went as it should, 1 when a service is missing or was not found again or Blender
failed, 2 when something is needed first.
"""

import _python  # noqa: F401, I001  first, see there
import argparse
import sys
from pathlib import Path

import _environment
import _processes


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    light = "do without the demos for which more must be installed on the first run"
    parser.add_argument("--light", action="store_true", help=light)
    parser.add_argument("--keep", action="store_true", help="leave the demos running and watch until Ctrl-C")
    parser.add_argument("--no-demo", action="store_true", help="use only what is there")
    where = "open Blender with the add-on; without PATH the one that is installed"
    parser.add_argument("--blender", nargs="?", const="", metavar="PATH", help=where)
    parser.add_argument("arguments", nargs="*", metavar="-- ARGS", help="for Blender")
    options = parser.parse_args()
    if options.arguments and options.blender is None:
        parser.error("arguments are only for Blender: " + " ".join(options.arguments))
    _processes.set_up()
    try:
        python = _environment.prepare("demo")
        _environment.prepare_vendor_tree(python)
        return show(python, options)
    except _environment.CannotPrepare as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started has been stopped.", file=sys.stderr)
        return 130


def show(python: Path, options: argparse.Namespace) -> int:
    """Import what needs the environment only now that it is there."""
    sys.path[:0] = [str(_environment.ROOT / "addon"), str(_environment.ROOT)]
    demos, light = not options.no_demo, options.light
    if options.blender is not None:
        import _show_blender

        return _show_blender.show(python, options.blender, options.arguments, demos=demos, light=light)
    import _show

    return _show.show(python, demos=demos, light=light, keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
