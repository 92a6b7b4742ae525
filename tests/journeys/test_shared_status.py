"""A small institute's proofs stand in the list of the first one here; a verifier believes it."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.findings import Check
from credentials.model import Wire
from credentials.trust.listing import TrustedIssuer, TrustList
from credentials.verification import Expectations, Sources, check
from issuer import key_ledger, offers, status
from issuer.installation import FIRST, Installation, keep_organisation
from issuer.orders import order
from issuer.ports import Ports
from issuer.settings import DEMO_ORIGIN, DEMO_ROLES
from issuer.tables import StatusHosting, StatusWord
from tests.in_memory import InMemoryHttp
from tests.issuer.office import FORKLIFT, Office, open_office
from verifier.sector_list import demo_issuer
from wallet.holder import receiving
from wallet.holder.outside import Outside

SMALL = "klein"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An installation with a small institute whose status the first one hosts."""
    opened = open_office(tmp_path)
    with opened.ports.database.transaction() as session:
        row = keep_organisation(
            session,
            opened.settings,
            organisation_id=SMALL,
            slug=SMALL,
            name="Kleine vakschool",
            roles=DEMO_ROLES,
        )
        row.status_hosting = StatusHosting.SHARED
        session.add(row)
    return opened


def small(office: Office) -> Ports:
    installation: Installation = office.app.state.installation
    return installation.ports(SMALL)


def entry(ports: Ports, office: Office, *, hosts: bool) -> TrustedIssuer:
    with ports.database.reading() as session:
        history = key_ledger.history(session, ports)
    since = office.clock() - timedelta(days=30)
    return demo_issuer(
        ports.did, name=ports.identity.name, keys=history, since=since, hosts_status=hosts
    )


def sector(office: Office, *, hosted: bool = True) -> TrustList:
    issuers = (entry(office.ports, office, hosts=hosted), entry(small(office), office, hosts=False))
    now = office.clock()
    return TrustList(1, now, now + timedelta(days=7), issuers)


def fetched(office: Office) -> receiving.Received:
    """A proof of the small institute, fetched by the holder's engine, which checks its status."""
    ports = small(office)
    with ports.database.transaction() as session:
        made = offers.offer(
            session,
            order(ports.templates["heftruck"], FORKLIFT),
            ports=ports,
            at=office.clock(),
            life=offers.LETTER_LIFE,
        )
    outside = Outside(
        http=InMemoryHttp({DEMO_ORIGIN: office.client}),
        trust=lambda: sector(office),
        now=office.clock,
        entropy=secrets.token_bytes,
    )
    preview = receiving.read_offer(made.offer_uri, outside=outside)
    return receiving.fetch_credential(preview, pin=made.tx_code, outside=outside)


def status_code(office: Office, wire: Wire, trust_list: TrustList) -> str:
    sources = Sources(
        InMemoryHttp({DEMO_ORIGIN: office.client}).get_body, trust_list, lambda _type: None
    )
    verdict = check(wire, expected=Expectations(), sources=sources, at=office.clock())
    return next(one.code for one in verdict.findings if one.check is Check.STATUS)


def test_a_proof_in_the_list_of_the_host_is_accepted_and_can_be_withdrawn(office: Office) -> None:
    received = fetched(office)
    assert received.problem is None
    assert status_code(office, received.wire, sector(office)) == "ok"
    ports = small(office)
    credential_id = received.verdict.verified.credential.credential_id  # type: ignore[union-attr]  # its proof held
    with ports.database.transaction() as session:
        status.change(
            session,
            str(credential_id),
            to=StatusWord.REVOKED,
            reason="er staat een fout in",
            ports=ports,
            at=office.clock(),
        )
    assert status_code(office, received.wire, sector(office)) == "revoked"


def test_without_the_role_on_the_sector_list_the_host_is_nobody(office: Office) -> None:
    received = fetched(office)
    not_hosting = sector(office, hosted=False)
    assert status_code(office, received.wire, not_hosting) == "status_issuer_mismatch"


def test_the_places_are_those_of_the_first_organisation(office: Office) -> None:
    received = fetched(office)
    (reference,) = received.verdict.verified.credential.status  # type: ignore[union-attr]  # its proof held
    assert reference.uri == f"{DEMO_ORIGIN}/status/token/1"
    assert office.ports.organisation_id == FIRST
