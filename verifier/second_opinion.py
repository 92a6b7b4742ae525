"""A second opinion on a credential of data model 1.1: didkit, in a child process on a short lead.

Never the default path. didkit cannot be interrupted, so the child limits its own processor time.
"""

import json
import subprocess
import sys

from credentials.encoding import JsonObject
from credentials.findings import Outcome

CPU_SECONDS = 2
"""A check takes 2 ms (measured)."""

MEMORY_BYTES = 256 * 1024 * 1024
"""Address space, libraries included; a check needs a fraction of it."""

WALL_SECONDS = 10
"""A child that waits uses no processor time, so the clock on the wall counts as well."""

_HEARD = {"passed": Outcome.PASSED, "failed": Outcome.FAILED}

_CHILD = f"""
import resource
resource.setrlimit(resource.RLIMIT_CPU, ({CPU_SECONDS}, {CPU_SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_BYTES}, {MEMORY_BYTES}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import asyncio, json, os, sys
import didkit
async def check():
    return json.loads(await didkit.verify_credential(sys.stdin.read(), '{{"checks":["proof"]}}'))
answer = asyncio.run(check())
unread = any("xpansion failed" in error for error in answer["errors"])
held = answer["checks"] == ["proof"] and not answer["errors"]
print("unread" if unread else "passed" if held else "failed", flush=True)
os._exit(0)  # its threads do not stop cleanly under the limit of memory
"""


def second_opinion(document: JsonObject) -> Outcome:
    """Whether didkit finds the proof of this credential good.

    Returns:
        PASSED or FAILED; UNDETERMINED when didkit is not installed, cannot read the document, or
        did not answer in time.
    """
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and our own text
            [sys.executable, "-I", "-c", _CHILD],
            input=json.dumps(document),
            capture_output=True,
            text=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome.UNDETERMINED
    if child.returncode != 0:
        return Outcome.UNDETERMINED
    return _HEARD.get(child.stdout.strip(), Outcome.UNDETERMINED)
