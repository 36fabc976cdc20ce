"""Under which names pages are kept where the site does not know its own address (`ESAYLOV_PUBLIC_URL` is not set).

Pages name the host under which they were asked for, so each host has pages of its own, and whoever asks may write any port
into it. A few are taken as they come: what operators try out through a tunnel names the right port. Whatever comes beyond
them gets the page of a form that cannot be invented: the allowed name alone, or with the port at which the site listens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

MOST = 16
"""Hosts that are taken as they come, in each worker."""


class Hosts:
    """The hosts that pages are kept for. `names`: the allowed ones, those with a wildcard left out. `allowed`: whether a
    host (a name and perhaps a port) may be asked for at all.
    """

    def __init__(self, names: Iterable[str], allowed: Callable[[str], bool], most: int = MOST) -> None:
        self._names = frozenset(name.lower() for name in names if name[:1] not in ("*", "."))
        self._allowed = allowed
        self._most = most
        self._taken = {""}
        self._lock = threading.Lock()

    def kept_as(self, host: str, own_port: str) -> str | None:
        """The host whose page an asker of `host` gets; None where he gets none out of the cache: the host is not
        allowed, or one of too many under a wildcard.
        """
        host = host.lower()
        if host in self._taken:
            return host
        if not self._allowed(host):
            return None
        name, port = parted(host)
        if name in self._names and port in ("", own_port):
            return host
        with self._lock:
            if len(self._taken) < self._most:
                self._taken.add(host)
                return host
        return f"{name}:{own_port}" if name in self._names else None


def parted(host: str) -> tuple[str, str]:
    """Name and port ("" without one) of a host; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return name.removesuffix("."), port
