"""A client that is no bottleneck: whole requests made beforehand, sent over kept connections, answers
barely read.

``python -m esaylov.bench.client PORT CONNECTIONS [RATE]`` reads requests from standard input (each after
its length, four bytes, big-endian) and writes one JSON object: `answers` (by status), `seconds`, `p50`,
`p99` (seconds of one request). With RATE requests start at so many per second in all, and `accepted` lists
[leaf hash, time] of the acts that were recorded, the time on the machine's monotonic clock.
"""

import json
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LEAF = b'"leaf_hash":"'


def http_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request to the local server."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def frame(requests: Sequence[bytes]) -> bytes:
    """Requests as the program reads them."""
    return b"".join(struct.pack(">I", len(request)) + request for request in requests)


def unframe(data: bytes) -> list[bytes]:
    """The requests of a framed text."""
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found


@dataclass
class Connection:
    """One kept connection to the server on this machine."""

    port: int

    def __post_init__(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Sends one request; returns status and body of the answer."""
        head, body = self.exchange(request)
        return int(head[9:12]), body

    def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Sends one request; returns head (as it came) and body of the answer."""
        self._socket.sendall(request)
        data = self._socket.recv(65536)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(data) < end + 4 + length:
            data += self._more()
        return data[:end], data[end + 4 :]

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()


def drive(
    port: int, connections: int, requests: Sequence[bytes], rate: float | None = None
) -> dict[str, object]:
    """Sends all requests, each connection its share; returns what the module's text says."""
    statuses: Counter[int] = Counter()
    seconds: list[float] = []
    accepted: list[tuple[str, float]] = []
    lock = threading.Lock()
    ready = threading.Barrier(connections + 1)

    def work(number: int) -> None:
        connection = Connection(port)
        own: list[float] = []
        found: Counter[int] = Counter()
        ready.wait()
        begin = time.perf_counter()
        for i in range(number, len(requests), connections):
            if rate is not None and (ahead := begin + i / rate - time.perf_counter()) > 0:
                time.sleep(ahead)
            start = time.perf_counter()
            status, body = connection.send(requests[i])
            own.append(time.perf_counter() - start)
            found[status] += 1
            if rate is not None and (leaf := _leaf(body)):
                accepted.append((leaf, time.monotonic()))
        connection.close()
        with lock:
            seconds.extend(own)
            statuses.update(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begin
    seconds.sort()
    return {
        "answers": {str(status): number for status, number in sorted(statuses.items())},
        "seconds": took,
        "p50": quantile(seconds, 0.50),
        "p99": quantile(seconds, 0.99),
        "accepted": accepted,
    }


def _leaf(body: bytes) -> str:
    """The leaf hash of an act's answer, empty where there is none."""
    at = body.find(LEAF)
    return body[at + len(LEAF) : at + len(LEAF) + 64].decode() if at >= 0 else ""


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value below which `part` of the ordered values lie (nearest rank); 0 of none."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def main() -> None:
    """The program."""
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    rate = float(sys.argv[3]) if len(sys.argv) > 3 else None
    requests = unframe(sys.stdin.buffer.read())
    print(json.dumps(drive(port, connections, requests, rate)))


if __name__ == "__main__":
    main()
