"""An issuer whose keys live in a hardware token: the same proofs, the same rotation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from credentials.findings import Outcome
from credentials.verification import Expectations, Policy, Sources, check
from issuer import key_ledger
from issuer.keys import open_signers
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from service.hsm import HardwareSigner
from tests.in_memory import InMemoryHttp
from tests.issuer.office import Holder, Office, open_office
from tests.soft_token import MODULE, PIN, soft_token

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with soft_token(tmp_path / "token") as token:
        settings: dict[str, Any] = {
            "key_backend": "pkcs11",
            "pkcs11_module": MODULE,
            "pkcs11_token": token.label,
            "pkcs11_pin": PIN,
        }
        kept = IssuerSettings.model_validate({"var": tmp_path, **settings})
        yield open_office(tmp_path, signers_of=open_signers(kept), **settings)


def verdict(office: Office, format_id: str) -> Outcome:
    """Of a verifier that knows the DID document and the status list alone."""
    made = office.offer(format=format_id)
    wire = Holder(office).receive(made)["credentials"][0]["credential"]
    get = InMemoryHttp({DEMO_ORIGIN: office.client}).get_body
    found = check(
        wire,
        expected=Expectations(policy=Policy.ANY),
        sources=Sources(get, None, lambda _type: None),
        at=office.clock(),
    )
    bad = [one for one in found.findings if one.outcome in {Outcome.FAILED, Outcome.UNDETERMINED}]
    assert bad == []
    return Outcome.PASSED


@pytest.mark.parametrize("format_id", ["dc+sd-jwt", "ldp_vc"])
def test_proofs_signed_in_the_token_are_accepted(office: Office, format_id: str) -> None:
    assert verdict(office, format_id) is Outcome.PASSED
    kept = office.ports.signers[format_id]
    assert isinstance(getattr(kept, "_kept", None), HardwareSigner)
    assert not list((office.settings.var / "issuer").glob("keys.json"))


def test_keys_in_the_token_are_changed_over(office: Office) -> None:
    ports, clock = office.ports, office.clock
    before = ports.signers["dc+sd-jwt"].public.key_id
    made = key_ledger.prepare(ports, "ES256")
    clock.wait(hours=24)
    with ports.database.transaction() as session:
        done = key_ledger.rotate(session, ports, "ES256", at=clock())
    clock.now = done.used_from
    assert ports.signers["dc+sd-jwt"].public.key_id == made.id != before
    assert verdict(office, "dc+sd-jwt") is Outcome.PASSED


def test_each_organisation_has_its_own_keys_in_the_token(office: Office) -> None:
    names = office.ports.signers.store().names()
    assert {"dc+sd-jwt", "ldp_vc", "brugman/dc+sd-jwt", "brugman/ldp_vc"} <= set(names)
