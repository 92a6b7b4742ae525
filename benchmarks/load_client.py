"""The load generator: ready-made requests over kept connections, in a process of its own.

python -m benchmarks.load_client REQUESTS PORT CONNECTIONS RATE

``REQUESTS`` is a file of JSON strings, one HTTP request a line. With ``RATE`` 0 each connection
sends its next request when the last one was answered; else requests are sent at that many a
second, and time counts from the moment at which each was due, also when it was sent later.
"""

import json
import re
import socket
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
TIMEOUT = 60.0


@dataclass(slots=True)
class Load:
    """What is sent, and what came of it.

    Attributes:
        rate: a second; 0 for as fast as it is answered.
        took: milliseconds of each answer.
        statuses: by HTTP status, how many.
    """

    requests: list[bytes]
    port: int
    rate: float
    begin: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=count)

    def visit(self) -> None:
        """Send what is next until nothing is left; one connection."""
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (number := next(self.numbers)) < len(self.requests):
                due = time.perf_counter()
                if self.rate:
                    due = self.begin + number / self.rate
                    time.sleep(max(0.0, due - time.perf_counter()))
                line.sendall(self.requests[number])
                status = _answer(line)
                self.took.append((time.perf_counter() - due) * 1000)
                self.statuses[status] = self.statuses.get(status, 0) + 1


def _answer(line: socket.socket) -> str:
    """Read one answer whole; its status."""
    octets = b""
    while _END not in octets:
        octets += _more(line)
    head, _, body = octets.partition(_END)
    found = _LENGTH.search(head)
    missing = int(found[1]) - len(body) if found else 0
    while missing > 0:
        missing -= len(_more(line))
    return head[9:12].decode()


def _more(line: socket.socket) -> bytes:
    octets = line.recv(65_536)
    if not octets:
        raise ConnectionError("the server hung up")
    return octets


def main() -> None:
    """Send everything and print what was found as JSON."""
    path, port, connections, rate = sys.argv[1:]
    lines = Path(path).read_text("utf-8").splitlines()
    load = Load([json.loads(line).encode() for line in lines], int(port), float(rate))
    threads = [Thread(target=load.visit) for _ in range(int(connections))]
    load.begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - load.begin
    found = {
        "seconds": seconds,
        "cpu_seconds": time.process_time(),
        "took_ms": sorted(load.took),
        "statuses": load.statuses,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
