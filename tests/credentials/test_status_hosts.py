"""A status list that a host publishes for small issuers: believed from a listed host alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from credentials.findings import Check, Outcome
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Purpose, StatusKind, StatusReference
from credentials.trust.listing import (
    STATUS_HOST,
    STATUS_SERVICE,
    Accreditation,
    ListedKey,
    TrustedIssuer,
    TrustList,
)
from tests.credentials.world import STATUS, World, found

HOST = "did:web:status.example"
URI = "https://status.example/status/1"
PASSED, FAILED, UNDETERMINED = Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED


class Hosted(World):
    """A world whose list is published by a host."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.host = SoftwareSigner.generate(self._algorithm, f"{HOST}#1")
        self.since = self.now - timedelta(days=30)
        service = Accreditation(STATUS_SERVICE, STATUS_HOST, self.since)
        self.entry = TrustedIssuer(
            HOST, "Sector", (service,), (ListedKey(self.host.public, self.since),)
        )

    @property
    def _algorithm(self) -> Algorithm:
        return Algorithm.ES256 if self.format_id == "dc+sd-jwt" else Algorithm.EDDSA

    def trust_list(self) -> TrustList:
        listed = super().trust_list()
        return replace(listed, issuers=(*listed.issuers, self.entry))

    def answer(
        self, value: int = 0, *, uri: str = URI, signer: SoftwareSigner | None = None
    ) -> tuple[Outcome, str]:
        """What the tenth check says about a credential that points to the host's list."""
        self.publish_status(value, uri=uri, signer=signer or self.host)
        self.pages[uri] = self.pages[STATUS]
        token = self.format_id == "dc+sd-jwt"
        kind = StatusKind.TOKEN if token else StatusKind.BITSTRING
        purpose = Purpose.ANY if token else Purpose.REVOCATION
        reference = StatusReference(kind, uri, 3, purpose)
        wire = self.present(self.issue(self.credential(status=[reference])))
        finding = found(self.verdict(wire), Check.STATUS)
        return finding.outcome, finding.code


@pytest.fixture(params=["dc+sd-jwt", "ldp_vc"])
def world(request: pytest.FixtureRequest, now: datetime) -> Hosted:
    """The same world in both kinds of list."""
    return Hosted(now, request.param)


MISMATCH = (FAILED, "status_issuer_mismatch")


def test_a_listed_host_is_believed(world: Hosted) -> None:
    assert world.answer() == (PASSED, "ok")
    assert world.answer(1) == (FAILED, "revoked")


def test_an_entity_that_is_no_host_is_not_believed(world: Hosted) -> None:
    world.entry = replace(world.entry, services=())
    assert world.answer() == MISMATCH
    issuing = Accreditation(STATUS_SERVICE, "school", world.since)
    world.entry = replace(world.entry, services=(issuing,))
    assert world.answer() == MISMATCH


def test_a_host_that_is_not_listed_is_not_believed(world: Hosted) -> None:
    world.entry = replace(world.entry, id="did:web:other.example")
    assert world.answer() == MISMATCH


def test_a_host_signs_lists_at_its_own_address_alone(world: Hosted) -> None:
    for uri in (STATUS, "https://status.example.evil.example/1", "https://status.example"):
        assert world.answer(uri=uri) == MISMATCH


def test_a_key_that_the_list_does_not_know_is_not_looked_up(world: Hosted) -> None:
    fresh = SoftwareSigner.generate(world.host.public.algorithm, f"{HOST}#2")
    assert world.answer(signer=fresh) == MISMATCH
    assert not any("did.json" in url for url in world.asked)


def test_a_host_is_one_only_in_its_time(world: Hosted) -> None:
    over = Accreditation(STATUS_SERVICE, STATUS_HOST, world.since, world.now - timedelta(days=1))
    world.entry = replace(world.entry, services=(over,))
    assert world.answer() == MISMATCH
    world.entry = replace(
        world.entry,
        services=(Accreditation(STATUS_SERVICE, STATUS_HOST, world.since),),
        keys=(ListedKey(world.host.public, world.since, compromised=True),),
    )
    assert world.answer() == MISMATCH


def test_a_path_of_its_own_is_a_home(now: datetime) -> None:
    world = Hosted(now, "dc+sd-jwt")
    did = "did:web:issuer.example:o:host"
    key = SoftwareSigner.generate(Algorithm.ES256, f"{did}#1")
    world.entry = replace(world.entry, id=did, keys=(ListedKey(key.public, world.since),))
    assert world.answer(uri="https://issuer.example/o/host/status/1", signer=key) == (PASSED, "ok")
    assert world.answer(uri="https://issuer.example/status/1", signer=key) == MISMATCH
