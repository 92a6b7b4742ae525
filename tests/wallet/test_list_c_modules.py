"""The OpenID Foundation's plan for wallets that receive: one test for each module (list C).

Names are those of the plan without its prefix; what a module asks is told in our words. The plan
runs each of the first four immediate, deferred and encrypted.
"""

import secrets
from dataclasses import replace

import pytest

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, RejectedError, UnsupportedError
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import Wire
from tests.wallet.foreign_issuer import (
    CLIENT,
    DID,
    ISSUER,
    SERVER,
    ForeignIssuer,
    attested_for,
)
from wallet.holder import authorizing, receiving
from wallet.holder.authorizing import Started
from wallet.holder.conversation import Client
from wallet.holder.outside import Outside
from wallet.holder.receiving import Preview, Received, Waiting
from wallet.holder.vault import Vault, copy_of


def outside_of(school: ForeignIssuer) -> Outside:
    return Outside(http=school, trust=lambda: None, now=school.clock, entropy=secrets.token_bytes)


def preview_of(school: ForeignIssuer, client: Client = CLIENT) -> Preview:
    return receiving.read_offer(school.offer(), outside=outside_of(school), client=client)


def started(school: ForeignIssuer, client: Client = CLIENT) -> Started:
    return authorizing.begin(preview_of(school, client), outside=outside_of(school))


def received(school: ForeignIssuer, client: Client = CLIENT) -> Received:
    """The whole flow, asking again as long as it comes later."""
    visit = started(school, client)
    outside = outside_of(school)
    access = authorizing.finish(visit, school.visit(visit.address))
    found = receiving.request_credential(visit.preview, access, outside=outside)
    while isinstance(found, Waiting):
        with pytest.raises(RejectedError, match="credential_early"):
            receiving.ask_again(found, outside=outside)
        school.clock.turn(seconds=5)
        found = receiving.ask_again(found, outside=outside)
    return found


def vault_of(school: ForeignIssuer) -> Vault:
    return Vault((), clock=school.clock, entropy=secrets.token_bytes)


VARIANTS: dict[str, dict[str, object]] = {
    "immediate": {},
    "deferred": {"later": 2},
    "encrypted": {"encrypted": True},
}


@pytest.fixture(params=VARIANTS)
def school(request: pytest.FixtureRequest) -> ForeignIssuer:
    return replace(ForeignIssuer(), **VARIANTS[request.param])  # type: ignore[arg-type]  # fields


def test_credential_issuance(school: ForeignIssuer) -> None:
    found = received(school)
    assert (found.problem, found.name) == (None, "Ria Bos")
    assert school.pushed["issuer_state"] == "from-the-offer"
    held = receiving.keep(found, vault_of(school), name_confirmed=True, outside=outside_of(school))
    assert held.parsed().holder == held.signer().public
    assert set(school.schemes) == {"DPoP"}


def test_credential_issuance_notification(school: ForeignIssuer) -> None:
    outside, vault = outside_of(school), vault_of(school)
    receiving.keep(received(school), vault, name_confirmed=True, outside=outside)
    assert school.told == ["credential_accepted"]


def test_credential_issuance_notification_of_a_refusal(school: ForeignIssuer) -> None:
    receiving.refuse(received(school), vault_of(school), outside=outside_of(school))
    assert school.told == ["credential_failure"]


def test_batch_credential_issuance(school: ForeignIssuer) -> None:
    school.batch = 3
    found, vault = received(school), vault_of(school)
    assert found.problem is None
    held = receiving.keep(found, vault, name_confirmed=True, outside=outside_of(school))
    (kept,) = vault.held()
    assert len(kept.copies) == 3 == len(held.copies)
    assert len({str(copy.key["x"]) for copy in kept.copies}) == 3
    assert copy_of(kept, vault.events).wire == kept.wire


def test_batch_credential_issuance_is_no_larger_than_needed() -> None:
    school = ForeignIssuer(batch=40)
    assert len(received(school).others) == 4


def test_client_attestation_challenge(school: ForeignIssuer) -> None:
    school.attested = school.challenges = True
    made: list[tuple[str, SoftwareSigner]] = []
    client = replace(CLIENT, attest=attested_for(school.clock, made))
    assert received(school, client).problem is None
    assert [server for server, _ in made] == [SERVER]
    assert school.asked.count(f"{SERVER}/challenge") >= 2  # a fresh one for each proof
    again = ForeignIssuer(attested=True, challenges=True)
    with pytest.raises(RejectedError, match="authorization_refused"):
        started(again)  # a wallet without attestation is not let in


def test_scopes_without_authorization_details_in_the_token_response(school: ForeignIssuer) -> None:
    assert "authorization_details" not in school.token
    assert received(school).problem is None
    assert received(ForeignIssuer(details=True)).problem is None  # and with them, by identifier


# --- FAPI 2 client


def test_happy_path() -> None:
    school = ForeignIssuer()
    assert received(school).problem is None
    assert school.asked.count(f"{SERVER}/par") == 2  # once more, with the nonce


def test_happy_path_without_dpop_nonce() -> None:
    school = ForeignIssuer(nonces=False)
    assert received(school).problem is None
    assert school.asked.count(f"{SERVER}/par") == 1


def test_a_server_that_binds_no_tokens_gets_none_of_our_keys() -> None:
    school = ForeignIssuer(bound=False)
    assert received(school).problem is None
    assert set(school.schemes) == {"Bearer"}


def test_discovery_issuer_mismatch() -> None:
    for change in ({"issuer": "https://evil.example"}, {"protected_resources": [SERVER]}):
        with pytest.raises(RejectedError, match="issuer_metadata_invalid"):
            preview_of(ForeignIssuer(server=change))  # type: ignore[arg-type]  # JSON
    with pytest.raises(RejectedError, match="issuer_metadata_invalid"):
        preview_of(ForeignIssuer(metadata={"credential_issuer": SERVER}))
    with pytest.raises(CredentialError):
        preview_of(ForeignIssuer(metadata={"authorization_servers": ["https://evil.example"]}))


BACKS: dict[str, tuple[str, dict[str, JsonValue]]] = {
    "wrong-iss": ("iss_mismatch", {"iss": "https://evil.example"}),
    "iss-removed": ("iss_mismatch", {"iss": None}),
    "wrong-state": ("state_mismatch", {"state": "x"}),
    "state-missing": ("state_mismatch", {"state": None}),
    "refused": ("authorization_refused", {"code": None, "error": "access_denied"}),
    "no-code": ("authorization_response_invalid", {"code": None}),
}


@pytest.mark.parametrize("module", BACKS)
def test_an_answer_that_is_not_ours_gets_no_token(module: str) -> None:
    code, back = BACKS[module]
    school = ForeignIssuer(back=back)
    visit = started(school)
    with pytest.raises(RejectedError, match=code):
        authorizing.finish(visit, school.visit(visit.address))
    assert f"{SERVER}/token" not in school.asked


def test_an_answer_at_another_address_is_refused() -> None:
    school = ForeignIssuer()
    visit = started(school)
    moved = school.visit(visit.address).replace("wallet.example", "evil.example")
    with pytest.raises(RejectedError, match="redirect_uri_mismatch"):
        authorizing.finish(visit, moved)


def test_token_response_without_expires_in(school: ForeignIssuer) -> None:
    school.token = {"expires_in": None}
    assert received(school).problem is None


@pytest.mark.parametrize("spelled", ["dpop", "DPOP", "dPoP"])
def test_token_type_case(spelled: str) -> None:
    assert received(ForeignIssuer(token={"token_type": spelled})).problem is None


@pytest.mark.parametrize("spelled", ["dpop", "DPOP"])
def test_dpop_scheme_case(spelled: str) -> None:
    """However the server writes the type, our header says the scheme as RFC 9449 does."""
    school = ForeignIssuer(token={"token_type": spelled})
    received(school)
    assert set(school.schemes) == {"DPoP"}


# --- what stands beside the plan


def test_a_token_that_is_not_bound_to_our_key_is_thrown_away() -> None:
    with pytest.raises(RejectedError, match="token_response_invalid"):
        received(ForeignIssuer(token={"token_type": "Bearer"}))


def test_a_server_without_s256_or_a_page_is_not_used() -> None:
    changes: list[JsonObject] = [
        {"code_challenge_methods_supported": ["plain"]},
        {"authorization_endpoint": None},
    ]
    for change in changes:
        with pytest.raises(UnsupportedError, match="offer_not_supported"):
            started(ForeignIssuer(server=change))
    with pytest.raises(RejectedError, match="issuer_metadata_invalid"):
        started(ForeignIssuer(server={"pushed_authorization_request_endpoint": None}))


def test_without_a_client_the_code_flow_is_not_begun() -> None:
    school = ForeignIssuer()
    with pytest.raises(UnsupportedError, match="offer_not_supported"):
        receiving.read_offer(school.offer(), outside=outside_of(school))


def test_later_goes_to_the_keys_that_were_proven_and_to_no_other() -> None:
    school = ForeignIssuer(later=1, other_holder=True)
    found = received(school)
    assert found.problem == "holder_key_mismatch"
    with pytest.raises(RejectedError, match="holder_key_mismatch"):
        receiving.keep(found, vault_of(school), name_confirmed=True, outside=outside_of(school))


def test_copies_for_one_key_are_not_kept() -> None:
    school = ForeignIssuer(batch=2)
    visit = started(school)
    access = authorizing.finish(visit, school.visit(visit.address))
    one: list[PublicKey] = []
    issued = school._issued

    def always_the_first(holder: PublicKey) -> Wire:
        one.append(holder)
        return issued(one[0])

    school._issued = always_the_first  # type: ignore[method-assign]  # a bad issuer
    found = receiving.request_credential(visit.preview, access, outside=outside_of(school))
    assert isinstance(found, Received)
    assert found.problem == "holder_key_mismatch"


def test_signed_metadata_count_where_they_are_wanted() -> None:
    careful = replace(CLIENT, signed_metadata=True)
    school = ForeignIssuer()
    with pytest.raises(RejectedError, match="issuer_metadata_unsigned"):
        preview_of(school, careful)
    school.signed_by = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#k")
    with pytest.raises(CredentialError, match="signature_invalid"):
        preview_of(school, careful)
    school.signed_by = school.key
    assert preview_of(school, careful).issuer.credential_issuer == ISSUER
    school.signed_by = SoftwareSigner.from_private_jwk(
        {**school.key.private_jwk(), "kid": f"{DID}#other"}
    )
    with pytest.raises(RejectedError, match="issuer_metadata_invalid"):
        preview_of(school, careful)


def test_an_answer_in_the_clear_is_refused_where_it_was_to_be_encrypted() -> None:
    school = ForeignIssuer()
    visit = started(school, replace(CLIENT, encrypted=True))
    access = authorizing.finish(visit, school.visit(visit.address))
    school._opened = lambda *_: {}  # type: ignore[method-assign]  # it reads nothing
    school._check_request = lambda asked: None  # type: ignore[method-assign]  # noqa: ARG005 - and checks nothing
    with pytest.raises(RejectedError, match="credential_response_invalid"):
        receiving.request_credential(visit.preview, access, outside=outside_of(school))


def test_the_pre_authorized_flow_binds_its_token_as_well() -> None:
    school = ForeignIssuer()
    preview = receiving.read_offer(school.offer(code="c-1"), outside=outside_of(school))
    found = receiving.fetch_credential(preview, pin="123456", outside=outside_of(school))
    assert found.problem is None
    assert set(school.schemes) == {"DPoP"}
