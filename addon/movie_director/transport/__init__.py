"""The only room that opens sockets and the only one, with the breaker adapter, that uses third-party packages.

Those packages are reached through `vendored`, which loads them, isolated from the host, on first use.
"""
