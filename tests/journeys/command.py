"""Run the command line as people do: another process, its own folder, real exit statuses."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.sources import ROOT


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    status: int
    output: str
    messages: str

    def json(self) -> dict[str, object]:
        """The one object on standard output."""
        document = json.loads(self.output)
        assert isinstance(document, dict)
        return document


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a command whose files are in ``var``, with no role's own settings."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ISSUER_", "WALLET_", "VERIFIER_", "SKILLSPASS_VAR"))
    }
    return {**plain, "SKILLSPASS_VAR": str(var), "PYTHONPATH": str(ROOT), **more}


def skillspass(*words: str, var: Path, stdin: str = "", **more: str) -> Ran:
    """Run one verb to its end."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", "import skillspass; skillspass.main()", *words],
        env=environment(var, **more),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=var,
        timeout=900,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
