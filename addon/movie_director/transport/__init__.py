"""The only room that opens sockets and, with the breaker adapter, the only one to use third-party packages.

Those are reached through `vendored`, which loads them, isolated from the host, on first use.
"""
