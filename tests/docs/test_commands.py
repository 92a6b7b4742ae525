"""The commands of the documents, run as written, in a folder of their own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.dids.key import did_key
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Credential
from tests.conftest import NOW
from tests.house.sources import ROOT
from tests.journeys.command import environment
from tests.journeys.test_serve import serving

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [path for path in sorted((ROOT / "docs").glob("*.md")) if "```console" in path.read_text()]


def commands(page: str) -> list[str]:
    """The lines behind a ``$`` in the console blocks of one page."""
    lines = [line for block in BLOCK.findall(page) for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the files that the pages speak of, while the services run."""
    made = tmp_path_factory.mktemp("docs")
    for name in ("trainees.csv", "trainees_messy.csv"):
        shutil.copy(ROOT / "issuer" / "demo" / name, made)
    signer = SoftwareSigner.generate(Algorithm.ES256)
    issuer = did_key(signer.public)
    named = SoftwareSigner.from_private_jwk(signer.private_jwk())
    key_id = f"{issuer}#{issuer.removeprefix('did:key:')}"
    credential = Credential("https://example.org/types/note", issuer, {"note": "hi"}, NOW)
    wire = FORMATS["dc+sd-jwt"].issue(
        credential,
        _Named(named, key_id),
        holder=None,
        disclosable=frozenset(),
        entropy=os.urandom,
    )
    (made / "proof.txt").write_text(str(wire), encoding="ascii")
    with serving(made):
        yield made


class _Named:
    """A signer under the name that its did:key gives it."""

    def __init__(self, signer: SoftwareSigner, key_id: str) -> None:
        self._signer, self.public = signer, signer.public.with_key_id(key_id)

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run_as_written(page: Path, folder: Path) -> None:
    script = "\n".join(["set -eu", *commands(page.read_text("utf-8"))])
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - our own pages
        ["/bin/bash", "-c", script],
        env=environment(folder, PATH=path),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_starts_what_make_starts() -> None:
    readme = commands((ROOT / "README.md").read_text("utf-8"))
    assert readme == ["make run", ".venv/bin/skillspass journey --count 55", "make test"]
    make = shutil.which("make")
    assert make is not None
    for target, end in (
        ("run", "skillspass serve"),
        ("test", "pytest --numprocesses 2 --dist loadscope --durations=20"),
    ):
        told = subprocess.run(  # noqa: S603 - only tells what it would do
            [make, "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert end in told.stdout


def test_a_command_that_fails_would_be_seen() -> None:
    assert commands("```console\n$ false\noutput\n```") == ["false"]
    failed = subprocess.run(["/bin/bash", "-c", "set -eu\nfalse"], check=False)
    assert failed.returncode != 0
