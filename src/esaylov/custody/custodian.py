"""The custodian: the one process of the site that holds the keys of the voter list.

    python -m esaylov.custody.custodian            works on the socket of the data folder
    python -m esaylov.custody.custodian --status   what a running one says of itself

It reads no database and no network, only frames (protocol.py) on a Unix socket in a private folder, one thread for all. A
client that sends slowly, never reads, or sends what is no frame loses its connection; nobody else notices. What is held in
memory for any client is bounded. It dumps no core, and no process of its user may look into it (where the system offers that).

The keys file is looked at every second: a new generation is taken up as it appears. A file that cannot be read then does not
stop the work; the state (`fault`) says so.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import logging
import os
import pwd
import resource
import selectors
import signal
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esaylov.custody.desk import Desk
from esaylov.custody.keyring import Keyring, KeyringError
from esaylov.custody.limits import PREFIX, Clock, LimitError, Limits
from esaylov.custody.place import PlaceError, data_folder, keys_file, make_socket_folder, socket_of
from esaylov.custody.protocol import LARGEST, LENGTH, ProtocolError

logger = logging.getLogger("esaylov.custody")

PATIENCE = 5.0
"""Seconds in which a frame that was begun must have come, and an answer must have been taken."""
LOOK = 1.0
"""Seconds between looks at the keys file and at the clients' patience."""
RECEIVED = 1 << 16
MOST_CONNECTIONS = 256
BACKLOG = 128
PR_SET_DUMPABLE = 4
CONFIGURATION = 78
"""Exit status (EX_CONFIG): keys or settings must be put right by a person first."""


class CustodianError(RuntimeError):
    """The custodian cannot work; the text says why and what to do."""


@dataclass(eq=False, slots=True)
class Connection:
    """A client: what came from it and was not answered yet, and what waits until it reads. `since`: when it began to let us
    wait, 0 while it does not. `queued`: more of it waits for its turn; nothing is read from it before.
    """

    socket: socket.socket
    bulk: bool
    came: bytearray = field(default_factory=bytearray)
    leaves: bytes = b""
    since: float = 0.0
    used: float = 0.0
    queued: bool = False

    def frame(self) -> bytes | None:
        """Takes the next whole frame's body; None when it has not come. Raises ProtocolError for one too large."""
        if len(self.came) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack_from(self.came)
        if length > LARGEST:
            raise ProtocolError("too large")
        end = LENGTH.size + length
        if len(self.came) < end:
            return None
        body = bytes(self.came[LENGTH.size : end])
        del self.came[:end]
        return body


@dataclass(frozen=True, slots=True)
class Peers:
    """System users who may connect: our own and root, and `users`; `bulk`: those of them who may ask for the whole list."""

    users: frozenset[int] = frozenset()
    bulk: frozenset[int] = frozenset()

    @classmethod
    def read(cls) -> Peers:
        """As the environment names them. Raises CustodianError for a name that the system does not know."""
        bulk = _users(PREFIX + "BULK_USERS")
        return cls(_users(PREFIX + "USERS") | bulk, bulk)

    def rights(self, user: int) -> tuple[bool, bool]:
        """Whether a user may connect, and ask for the whole list."""
        own = user in (0, os.geteuid())
        return own or user in self.users, own or user in self.bulk


class Custodian:
    """Answers on a listening socket until it is asked to end. `keys`: the file to look at for new generations."""

    def __init__(
        self, desk: Desk, listener: socket.socket, keys: Path, peers: Peers, clock: Clock = time.monotonic
    ) -> None:
        self._desk, self._listener, self._keys, self._peers, self._clock = desk, listener, keys, peers, clock
        self._selector = selectors.DefaultSelector()
        self._connections: set[Connection] = set()
        self._waiting: deque[Connection] = deque()
        self._seen = _mark(keys)
        self._looked = clock()
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ)

    def run(self, asked: Callable[[], bool], wakeup: socket.socket | None = None) -> None:
        """Works until `asked()`; `wakeup` ends a wait early."""
        if wakeup is not None:
            self._selector.register(wakeup, selectors.EVENT_READ)
        while not asked():
            self.turn(LOOK)
        for connection in list(self._connections):
            self._close(connection)
        self._selector.close()

    def turn(self, longest: float) -> None:
        """One round: whoever is ready gets one answer."""
        for key, events in self._selector.select(0 if self._waiting else longest):
            if isinstance(key.data, Connection):
                self._tend(key.data, events)
            elif key.fileobj is self._listener:
                self._accept()
        for _ in range(len(self._waiting)):
            connection = self._waiting.popleft()
            connection.queued = False
            if connection in self._connections and not connection.leaves:
                self._guarded(connection, self._reply)
        if self._clock() - self._looked >= LOOK:
            self._looked = self._clock()
            self._look_at_keys()
            self._drop_slow()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        known, bulk = self._peers.rights(_user_of(client))
        if not known:
            client.close()
            return
        if len(self._connections) >= MOST_CONNECTIONS:
            self._close(min(self._connections, key=lambda one: one.used))
        client.setblocking(False)
        connection = Connection(client, bulk, used=self._clock())
        self._connections.add(connection)
        self._selector.register(client, selectors.EVENT_READ, connection)

    def _tend(self, connection: Connection, events: int) -> None:
        if connection in self._connections and not connection.queued:
            self._guarded(connection, self._send if events & selectors.EVENT_WRITE else self._receive)

    def _guarded(self, connection: Connection, step: Callable[[Connection], None]) -> None:
        try:
            step(connection)
        except BlockingIOError:
            pass
        except (OSError, ProtocolError):
            self._close(connection)

    def _receive(self, connection: Connection) -> None:
        if not (data := connection.socket.recv(RECEIVED)):
            self._close(connection)
            return
        connection.came += data
        self._reply(connection)

    def _reply(self, connection: Connection) -> None:
        if (body := connection.frame()) is None:
            connection.since = connection.since or self._clock()
            return
        connection.used = self._clock()
        connection.since = connection.used if connection.came else 0.0
        connection.leaves = self._desk.answer(body, bulk=connection.bulk)
        self._send(connection, registered=False)

    def _send(self, connection: Connection, registered: bool = True) -> None:
        try:
            sent = connection.socket.send(connection.leaves)
        except BlockingIOError:
            sent = 0
        connection.leaves = connection.leaves[sent:]
        if connection.leaves:
            connection.since = connection.since or self._clock()
            if not registered:
                self._selector.modify(connection.socket, selectors.EVENT_WRITE, connection)
            return
        if registered:
            self._selector.modify(connection.socket, selectors.EVENT_READ, connection)
        if connection.came:
            connection.queued = True
            self._waiting.append(connection)
        else:
            connection.since = 0.0

    def _close(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._selector.unregister(connection.socket)
        connection.socket.close()

    def _drop_slow(self) -> None:
        limit = self._clock() - PATIENCE
        for connection in [one for one in self._connections if one.since and one.since < limit]:
            self._close(connection)

    def _look_at_keys(self) -> None:
        if (mark := _mark(self._keys)) == self._seen:
            return
        self._seen = mark
        try:
            self._desk.use(Keyring.read(self._keys))
            self._desk.fault = ""
        except KeyringError as error:
            self._desk.fault = str(error)
            logger.error("%s; the keys read before go on to work", error)


def _mark(path: Path) -> tuple[int, ...]:
    """What changes with a file."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode


def _user_of(client: socket.socket) -> int:
    if sys.platform != "linux":
        return os.geteuid()  # the folder's mode decides who comes this far
    credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _users(variable: str) -> frozenset[int]:
    names = [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]
    try:
        return frozenset(int(name) if name.isdigit() else pwd.getpwnam(name).pw_uid for name in names)
    except KeyError as error:
        raise CustodianError(f"{variable} names {error.args[0]}: this system has no such user") from None


def shut_in() -> None:
    """No core of this process is written, and processes of the same user cannot attach to it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def listen(path: Path, *, shared: bool = False) -> socket.socket:
    """A socket at this path; one that a killed custodian left is removed. `shared`: other system users may connect who may
    enter the folder; whose requests are answered is asked of the system (Peers). Raises CustodianError where one works already.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(os.fsencode(path)) == 0:
                raise CustodianError(f"another custodian works at {path}")
        path.unlink(missing_ok=True)
        listener.bind(os.fsencode(path))
        path.chmod(0o666 if shared else 0o600)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CustodianError(f"cannot listen at {path}: {error.strerror or error}") from error
    return listener


def work(keys: Path, path: Path) -> None:
    """Works at a socket with the keys of a file until SIGTERM or SIGINT. Raises CustodianError, KeyringError, LimitError."""
    shut_in()
    limits, peers = Limits.read(), Peers.read()
    desk = Desk(Keyring.read(keys), limits)
    asked: list[int] = []
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: asked.append(number))
    with listen(path, shared=bool(peers.users)) as listener:
        gc.collect()
        gc.freeze()
        Custodian(desk, listener, keys, peers).run(lambda: bool(asked), ours)
        path.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m esaylov.custody.custodian")
    parser.add_argument(
        "--status", action="store_true", help="print the state of the one that works, as JSON"
    )
    parser.add_argument("--keys", type=Path, default=keys_file(data_folder()))
    parser.add_argument("--socket", type=Path, help="instead of the place in the data folder")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.WARNING)
    try:
        if chosen.status:
            _print_status(chosen.socket or socket_of(data_folder()))
        else:
            work(chosen.keys, chosen.socket or make_socket_folder(data_folder()))
    except (CustodianError, KeyringError, LimitError, PlaceError) as error:
        print(f"custodian: {error}", file=sys.stderr, flush=True)
        sys.exit(CONFIGURATION)


def _print_status(path: Path) -> None:
    import orjson

    from esaylov.custody.client import CustodianDown, Custody

    try:
        status = Custody(lambda: path).status()
    except CustodianDown as error:
        raise CustodianError(str(error)) from error
    print(orjson.dumps(status, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
