"""Leaves a program that a test ends by a signal out of the coverage measurement.

Coverage holds a lock at every call into measured code, and takes it in Python. A signal handler that raises
just then (Ctrl-C, or our own for SIGTERM) leaves the lock taken, and the next call waits for ever: 20 of 60
interrupts of a program that did nothing but call functions hung (Python 3.11).
"""

from __future__ import annotations

UNCOVERED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""Environment variables for such a program."""
