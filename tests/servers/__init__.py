"""Servers that tests, benchmarks and the demo talk to: real sockets, and nothing left behind."""
