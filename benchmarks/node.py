"""A JavaScript peer: one long-lived Node process that times its own slices.

Starting it is in no number. Its script lies in ``peers/`` and answers one JSON line with one.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.interleave import Slice

FOLDER = Path(__file__).parent / "peers"


class NotMeasured(Exception):
    """A peer is not here; its contests are left out and named so."""


class NodePeer:
    """One script of ``peers/``, started on entry and ended on exit.

    Raises:
        NotMeasured: on entry, when Node or the installed packages are missing.
    """

    def __init__(self, script: str) -> None:
        self._script = script
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        node = shutil.which("node")
        if node is None or not (FOLDER / "node_modules").is_dir():
            raise NotMeasured("needs Node and `npm ci` in benchmarks/peers")
        self._process = subprocess.Popen(
            [node, self._script],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.communicate()

    def ask(self, **request: object) -> Any:  # noqa: ANN401 - whatever the work results in
        """One request, one answer.

        Raises:
            RuntimeError: the peer could not do it, or is not running.
        """
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("not running")
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline() or '{"error": "the peer has ended"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def work(self, verb: str, **values: object) -> "NodeWork":
        """Hand over the input of a piece of work, once."""
        name = self.ask(do="set", verb=verb, input=values)
        return NodeWork(self, str(name))


@dataclass(frozen=True, slots=True)
class NodeWork:
    """A piece of work whose input the peer holds."""

    peer: NodePeer
    name: str

    def call(self) -> Any:  # noqa: ANN401 - as ``NodePeer.ask``
        """Do it once."""
        return self.peer.ask(do="call", work=self.name)

    def time(self, calls: int) -> Slice:
        """One turn, by the peer's own clocks."""
        took = self.peer.ask(do="time", work=self.name, calls=calls)
        return Slice(float(took["wall"]), float(took["cpu"]))
