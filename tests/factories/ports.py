"""A port for a server that a test or a benchmark starts. Needs no Django."""

from __future__ import annotations

import socket


def free_port() -> int:
    """One that nobody listens on at 127.0.0.1, as the system gives it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
