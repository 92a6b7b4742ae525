"""The issuer as a process of its own, to be killed: the real application on a real port.

python -m benchmarks.drills.issuer_process '{"var": "...", "port": 8901, ...}'

Its argument are the issuer's settings. What is wrong with it stands in the environment, in
``SKILLSPASS_DRILL``: ``ahead``, the seconds by which its clock is ahead, negative where it is
behind; ``signer_fails``, how often, from 0 to 1, the place with the keys does not answer.
"""

import json
import os
import random
import secrets
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta

from credentials.errors import UndeterminedError
from credentials.keys import Algorithm, PublicKey, Signer
from issuer.app import create_app
from issuer.installation import SignersOf
from issuer.key_ring import KeyRing
from issuer.keys import open_signers
from issuer.settings import IssuerSettings
from service import serving
from service.clock import system_clock
from service.keystore import SigningKeys

FAULTS = "SKILLSPASS_DRILL"
"""Name in the environment of what is wrong."""


@dataclass(frozen=True, slots=True)
class FailingSigner:
    """A signer behind a line that is often dead."""

    public: PublicKey
    kept: Signer
    often: float
    chance: random.Random

    def sign(self, message: bytes) -> bytes:
        """Sign, or say that it cannot be done now."""
        if self.chance.random() < self.often:
            raise UndeterminedError("signer_unavailable", "the drill")
        return self.kept.sign(message)


@dataclass(frozen=True, slots=True)
class FailingKeys:
    """Keys that are there, behind that line."""

    kept: SigningKeys
    often: float
    chance: random.Random

    def names(self) -> tuple[str, ...]:
        """The names of the keys."""
        return self.kept.names()

    def signer(self, name: str) -> Signer:
        """The signer of that name."""
        found = self.kept.signer(name)
        return FailingSigner(found.public, found, self.often, self.chance)

    def create(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """Make a key."""
        return self.kept.create(name, algorithm, key_id=key_id)

    def ensure(self, name: str, algorithm: Algorithm, *, key_id: str | None = None) -> Signer:
        """The signer of that name, made at first use."""
        return self.kept.ensure(name, algorithm, key_id=key_id)


def signers(settings: IssuerSettings, often: float) -> SignersOf:
    """The keys of the settings, behind a line that is dead so ``often``."""
    if not often:
        return open_signers(settings)
    store = FailingKeys(settings.keystore(), often, random.Random(1))  # noqa: S311 - a drill
    return lambda place: KeyRing(place, lambda: store).begin()


def main() -> None:
    """Serve until the end."""
    settings = IssuerSettings.model_validate(json.loads(sys.argv[1]))
    wrong = json.loads(os.environ.get(FAULTS, "{}"))
    ahead = timedelta(seconds=wrong.get("ahead", 0))

    def clock() -> datetime:
        return system_clock() + ahead

    app = create_app(
        settings,
        signers_of=signers(settings, wrong.get("signer_fails", 0)),
        clock=clock,
        entropy=secrets.token_bytes,
    )
    serving.serve([serving.seat(app)], ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
