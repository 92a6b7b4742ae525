"""Who an organisation is, served: documents that a verifier can check from both sides."""

from datetime import timedelta
from pathlib import Path

import pytest

from credentials.dids.web import document_url, read_document
from credentials.errors import CredentialError
from credentials.trust.linkage import PATH, check_linkage
from issuer import key_ledger
from issuer.installation import Installation
from issuer.settings import DEMO_ORIGIN
from issuer.tables import Organisation
from tests.in_memory import InMemoryHttp
from tests.issuer.office import Office, open_office

pytestmark = pytest.mark.usefixtures("on_both_databases")

WEBSITE = "https://brugman.example"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_office(tmp_path)


def fetched(office: Office, url: str) -> bytes:
    return InMemoryHttp({DEMO_ORIGIN: office.client}).get_body(url)


def installation(office: Office) -> Installation:
    found: Installation = office.app.state.installation
    return found


def test_each_organisation_has_a_document_with_its_own_keys(office: Office) -> None:
    for ports in installation(office).organisations():
        body = fetched(office, document_url(ports.did))
        document = read_document(ports.did, body)
        assert {row.id for row in ports.signers.rows()} <= set(document.methods)
        assert document.relationships["assertionMethod"] == document.methods.keys()


def test_the_host_is_linked_to_each_of_its_organisations(office: Office) -> None:
    def get(url: str) -> bytes:
        return fetched(office, url)

    for ports in installation(office).organisations():
        until = check_linkage(ports.did, DEMO_ORIGIN, get, at=office.clock())
        assert until == office.clock() + timedelta(days=90)


def test_a_website_elsewhere_is_linked_by_the_document_that_is_put_there(office: Office) -> None:
    firm = installation(office).organisations()[1]
    with office.ports.database.transaction() as session:
        row = session.get(Organisation, firm.organisation_id)
        assert row is not None
        row.domain, row.version = "brugman.example", row.version + 1
        session.add(row)
    placed = {WEBSITE + PATH: fetched(office, f"{firm.origin}/did-configuration.json")}

    def get(url: str) -> bytes:
        return placed.get(url) or fetched(office, url)

    assert check_linkage(firm.did, WEBSITE, get, at=office.clock()) > office.clock()
    with pytest.raises(CredentialError, match="linkage_missing"):
        check_linkage(office.ports.did, WEBSITE, get, at=office.clock())


def test_without_a_website_there_is_no_document_for_one(office: Office) -> None:
    assert office.client.get("/did-configuration.json").status_code == 404


def test_the_linkage_is_signed_by_the_key_that_signs_now(office: Office) -> None:
    def linked() -> None:
        check_linkage(
            office.ports.did, DEMO_ORIGIN, lambda url: fetched(office, url), at=office.clock()
        )

    linked()
    first = office.client.get(PATH).content
    assert office.client.get(PATH).content == first
    ports = office.ports
    key_id = str(ports.signers["dc+sd-jwt"].public.key_id)
    key_ledger.revoke(ports, key_id, reason="gestolen", at=office.clock())
    assert office.client.get(PATH).content != first
    linked()


def test_the_next_key_is_in_the_document_a_day_before(office: Office) -> None:
    made = key_ledger.prepare(office.ports, "EdDSA")
    body = fetched(office, document_url(office.ports.did))
    assert made.id in read_document(office.ports.did, body).methods
