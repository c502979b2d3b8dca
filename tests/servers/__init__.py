"""Servers that tests, benchmarks and the demo talk to: real sockets, port 0, a ready event, nothing left behind."""
