"""A hardware token in software: Debian's softhsm2, its keys in a folder of the test."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "849207"
_OFFICER_PIN = "715283"
_CONFIGURATION = "SOFTHSM2_CONF"
_MISSING = "no softhsm2 on this machine: apt-get install softhsm2"


@dataclass(frozen=True, slots=True)
class SoftToken:
    """One token that can be taken out and put in again."""

    label: str
    folder: Path

    def take_out(self) -> None:
        """Without its files the library, started anew, finds no token."""
        self._tokens.rename(self.folder / "out")
        self._tokens.mkdir()
        _restart()

    def put_in(self) -> None:
        """Its files are back."""
        self._tokens.rmdir()
        (self.folder / "out").rename(self._tokens)
        _restart()

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens"


@contextmanager
def soft_token(folder: Path, label: str = "skillspass test") -> Iterator[SoftToken]:
    """A fresh token; the library of this process knows it, and no other, until the block ends."""
    tool = shutil.which("softhsm2-util")
    if not MODULE.is_file() or tool is None:
        if os.environ.get("CI") == "true":
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    (folder / "tokens").mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get(_CONFIGURATION)
    os.environ[_CONFIGURATION] = str(configuration)
    given = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", _OFFICER_PIN]
    subprocess.run([tool, *given], check=True, capture_output=True)  # noqa: S603 - our own words
    try:
        _restart()
        yield SoftToken(label, folder)
    finally:
        if before is None:
            del os.environ[_CONFIGURATION]
        else:
            os.environ[_CONFIGURATION] = before


def _restart() -> None:
    """The library reads its folder of tokens when it starts."""
    import pkcs11  # noqa: PLC0415 - an extra

    pkcs11.lib(str(MODULE)).reinitialize()
