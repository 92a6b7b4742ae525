"""Everything the verifier's handlers work with, built once at its start."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from credentials.keys import Signer
from credentials.model import Entropy
from service.clock import Clock
from service.database import Database
from service.fetch import Http
from service.receivers import Receivers
from service.sealing import Sealer
from verifier.batches import Batches
from verifier.checking import Surroundings
from verifier.documents import Documents
from verifier.own_rules import OwnRules
from verifier.requests import Asker
from verifier.results import Results
from verifier.server_clock import ServerClock
from verifier.settings import VerifierSettings
from verifier.short_memory import ShortMemory
from verifier.trust import TrustAnchor, load, own_identities
from verifier.verdicts import Report


@dataclass(frozen=True, slots=True)
class Ports:
    """The verifier's doors to the outside.

    Attributes:
        asker: how we present ourselves.
        signer: P-256, under the key of our DID document.
        http: the guarded fetcher.
        anchor: None where no sector list is configured: then no issuer is believed.
        reports: the verdicts of the last minutes.
        results: the same of what somebody brought.
        batches: of many proofs at once.
        sealer: of what the database must not show: secrets of receivers, kept answers.
        told: where the events of firms go.
        api_key: opens the programs' interface.
        server_clock: the one other clock that we can read.
        rules: of whoever runs this: its policy, and accreditations beside the list.
    """

    settings: VerifierSettings
    asker: Asker
    signer: Signer
    database: Database
    http: Http
    documents: Documents
    anchor: TrustAnchor | None
    reports: ShortMemory[tuple[Report, ...]]
    results: Results
    batches: Batches
    sealer: Sealer
    told: Receivers
    clock: Clock
    entropy: Entropy
    api_key: str = field(repr=False)
    rules: OwnRules
    server_clock: ServerClock = field(default_factory=ServerClock, repr=False)

    def around(self, at: datetime) -> Surroundings:
        """What the outside world says now; may open connections, so not inside a transaction."""
        listing = load(
            self.anchor,
            get=self.documents.get,
            at=at,
            seen_sequence=self.documents.sequence,
            note_sequence=self.documents.note_sequence,
        )
        offset = self.server_clock.offset(self.database, self.clock)
        rules, seen = self.settings.house_rules, self.documents.issued_at
        ours = own_identities(self.settings, listing)
        return Surroundings(
            self.documents.get,
            self.rules.beside(listing, at=at),
            seen,
            offset,
            rules,
            ours,
            self.rules.policy,
        )


def ports_of(request: Request) -> Ports:
    """The ports of the running application."""
    ports: Ports = request.app.state.ports
    return ports


PortsOf = Annotated[Ports, Depends(ports_of)]
"""Handlers take ``ports: PortsOf``."""
