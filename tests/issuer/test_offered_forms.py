"""Whatever the issuer offers can be held, shown in part and read: each type in each form."""

import pytest

from credentials.encoding import JsonObject
from credentials.expectations import Expectations, HolderCheck, Policy, Sources
from credentials.findings import Outcome, Part
from credentials.model import Binding
from credentials.openid4vc.configuration import configuration_id
from credentials.verification import check
from issuer.formats import FORMAT_IDS, ISSUED_FORMATS
from issuer.metadata import known_configurations
from issuer.settings import DEMO_ORIGIN
from schemas import catalog
from tests.issuer.office import Holder, Office, open_office
from tests.issuer.test_documents_certificates import sample_claims

BINDING = Binding("https://verifier.example", "a-nonce-of-one-request")
TYPES = [kind.id for kind in catalog.credential_types()]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An organisation that may give everything."""
    roles = frozenset(one.role for kind in catalog.credential_types() for one in kind.may_issue)
    return open_office(tmp_path_factory.mktemp("forms"), roles=roles)


def offered(office: Office, type_id: str) -> JsonObject:
    """What must be typed for one person; the template adds what it fixes and computes."""
    template = office.ports.templates[type_id]
    claims, made = sample_claims(template.type), {*template.fixed, "valid_until"}
    needed = [one.path for one in template.type.issued() if one.required or one.path == "skills"]
    return {path: claims[path] for path in needed if path not in made}


@pytest.mark.parametrize("format_id", FORMAT_IDS)
@pytest.mark.parametrize("type_id", TYPES)
def test_each_offered_form_of_each_type_passes_when_a_part_of_it_is_shown(
    office: Office, type_id: str, format_id: str
) -> None:
    assert configuration_id(type_id, format_id) in known_configurations(office.ports)
    holder = Holder(office)
    made = office.offer(type=type_id, format=format_id, claims=offered(office, type_id))
    held = holder.receive(made)["credentials"][0]["credential"]
    written = ISSUED_FORMATS[format_id].written
    shown = written.present(held, holder.key, BINDING, disclose=frozenset(), at=office.clock())
    verdict = check(
        shown,
        expected=Expectations(policy=Policy.ANY, holder=HolderCheck.LIVE, binding=BINDING),
        sources=Sources(
            get=lambda url: office.client.get(url.removeprefix(DEMO_ORIGIN)).content,
            trust_list=None,
            schemas=lambda _: catalog.json_schema(type_id),
        ),
        at=office.clock(),
    )
    told = {one.code for one in verdict.findings if one.outcome is not Outcome.PASSED}
    parts = {part: verdict.part(part) for part in (Part.AUTHENTIC, Part.VALID, Part.HOLDER)}
    assert set(parts.values()) == {Outcome.PASSED}, told
    assert verdict.verified is not None
    ends = "valid_until" in verdict.verified.credential.claims
    assert (verdict.verified.credential.validity.valid_until is not None) is ends
