"""Imported first by every command: on a Python too old for the rest it says so and ends with status 2.

The commands themselves are written so that Python 3.6 can still read them: no `from __future__ import
annotations`, no `:=`, no `match`. What they import after this module may use Python 3.10.
"""

import sys

OLDEST = (3, 10)

if sys.version_info < OLDEST:
    sys.stderr.write(
        "This is Python {}.{} ({}); Movie Director needs Python {}.{} or newer.\n"
        "Run the same command with a newer one, for example:\n"
        "    python3.11 {}\n"
        "On Debian 12, Ubuntu 22.04 and later:  sudo apt install python3 python3-venv\n"
        "Elsewhere: an installer from python.org.\n".format(
            sys.version_info[0], sys.version_info[1], sys.executable, OLDEST[0], OLDEST[1], " ".join(sys.argv)
        )
    )
    sys.exit(2)
