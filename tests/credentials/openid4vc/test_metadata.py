"""Metadata of issuers and authorization servers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, compact_json, parse_json_object
from credentials.errors import CredentialError, MalformedError
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.openid4vc.authorization_metadata import (
    AuthorizationServerMetadata,
    authorization_metadata_url,
    create_authorization_metadata,
    parse_authorization_metadata,
)
from credentials.openid4vc.configuration import (
    AttestationRules,
    Display,
    Kind,
    claim_names,
    configuration_id,
    jwt_vc_json_configuration,
    ldp_vc_configuration,
    sd_jwt_vc_configuration,
    vc_sd_jwt_configuration,
)
from credentials.openid4vc.encryption import request_encryption, response_encryption
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.metadata import (
    SIGNED_TYPE,
    Abilities,
    create_issuer_metadata,
    issuer_metadata_url,
    parse_issuer_metadata,
    read_document,
    sign_issuer_metadata,
    verify_issuer_metadata,
)

ISSUER = "https://issuer.skillspass.example"
TYPE = "https://skillspass.example/types/heftruck/1"
NAMES = [Display(name="voornaam", locale="nl"), Display(name="given name", locale="en")]


CONTEXT = "https://skillspass.example/contexts/skills/v1"
KIND = Kind(
    TYPE,
    display=[Display(name="Heftruck", locale="nl")],
    claims={("given_name",): NAMES},
    scope="heftruck",
)
CONFIGURATIONS = {
    configuration_id("heftruck", "dc+sd-jwt"): sd_jwt_vc_configuration(KIND),
    configuration_id("heftruck", "ldp_vc"): ldp_vc_configuration(KIND, contexts=[CONTEXT]),
}


def _metadata() -> dict[str, object]:
    return dict(write_message(create_issuer_metadata(ISSUER, CONFIGURATIONS, display=[])))


def test_issuer_metadata_survives_the_wire() -> None:
    read = parse_issuer_metadata(_metadata(), expected_issuer=ISSUER)  # type: ignore[arg-type]  # JSON
    sd_jwt = read.credential_configurations_supported["heftruck.dc+sd-jwt"]
    ldp = read.credential_configurations_supported["heftruck.ldp_vc"]
    assert (sd_jwt.format, sd_jwt.vct) == ("dc+sd-jwt", TYPE)
    assert ldp.credential_definition is not None
    assert ldp.credential_definition["type"] == ["VerifiableCredential", TYPE]
    assert read.nonce_endpoint == f"{ISSUER}/nonce"
    assert read.authorization_server() == ISSUER


def test_claims_have_names_in_both_languages_and_paths_of_their_format() -> None:
    read = parse_issuer_metadata(_metadata(), expected_issuer=ISSUER)  # type: ignore[arg-type]  # JSON
    sd_jwt = read.credential_configurations_supported["heftruck.dc+sd-jwt"].credential_metadata
    ldp = read.credential_configurations_supported["heftruck.ldp_vc"].credential_metadata
    assert sd_jwt is not None
    assert ldp is not None
    assert claim_names(sd_jwt, "nl") == {("given_name",): "voornaam"}
    assert claim_names(ldp, "en") == {("credentialSubject", "given_name"): "given name"}


def test_metadata_of_another_issuer_is_refused() -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_issuer_metadata(_metadata(), expected_issuer=f"{ISSUER}/")  # type: ignore[arg-type]  # JSON
    assert refusal.value.code == "issuer_metadata_invalid"


@pytest.mark.parametrize(
    "change",
    [
        {"credential_endpoint": "http://issuer.skillspass.example/credential"},
        {"credential_endpoint": "https://10.0.0.1\\@issuer.example/"},
        {"credential_endpoint": None},
        {"nonce_endpoint": "file:///etc/passwd"},
        {"credential_configurations_supported": []},
        {"batch_credential_issuance": {"batch_size": 1}},
        {"authorization_servers": []},
    ],
)
def test_unsound_metadata_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError) as refusal:
        parse_issuer_metadata(_metadata() | change, expected_issuer=ISSUER)  # type: ignore[arg-type]  # JSON
    assert refusal.value.code == "issuer_metadata_invalid"


def _server(issuer: str, *, attested: bool = False) -> AuthorizationServerMetadata:
    return create_authorization_metadata(
        issuer, scopes=["heftruck"], attested_clients=attested, pushed_only=False
    )


def test_authorization_metadata_survives_the_wire_under_its_hyphenated_name() -> None:
    document = write_message(_server(ISSUER))
    assert document["pre-authorized_grant_anonymous_access_supported"] is True
    read = parse_authorization_metadata(document, expected_issuer=ISSUER)
    assert read.token_endpoint == f"{ISSUER}/token"
    assert read.pre_authorized_grant_anonymous_access_supported


def test_authorization_metadata_of_another_server_is_refused() -> None:
    document = write_message(_server("https://evil.example"))
    with pytest.raises(ProtocolError):
        parse_authorization_metadata(document, expected_issuer=ISSUER)


def test_the_well_known_part_stands_between_host_and_path() -> None:
    assert issuer_metadata_url("https://issuer.example/tenant") == (
        "https://issuer.example/.well-known/openid-credential-issuer/tenant"
    )
    assert authorization_metadata_url("https://issuer.example") == (
        "https://issuer.example/.well-known/oauth-authorization-server"
    )


@pytest.mark.parametrize("identifier", ["http://issuer.example", "https://a.example/?x=1", "x"])
def test_an_identifier_that_is_no_https_address_has_no_metadata(identifier: str) -> None:
    with pytest.raises(ProtocolError):
        issuer_metadata_url(identifier)


@given(st.dictionaries(st.sampled_from(sorted(_metadata())), st.integers() | st.text(max_size=9)))
def test_any_change_gives_metadata_or_our_error(change: dict[str, object]) -> None:
    try:
        read = parse_issuer_metadata(_metadata() | change, expected_issuer=ISSUER)  # type: ignore[arg-type]  # JSON
    except CredentialError:
        return
    assert read.credential_issuer == ISSUER


def test_the_server_says_what_it_demands_of_clients() -> None:
    plain, attested = _server(ISSUER), _server(ISSUER, attested=True)
    assert plain.pushed_authorization_request_endpoint == f"{ISSUER}/par"
    assert plain.code_challenge_methods_supported == ["S256"]
    assert plain.dpop_signing_alg_values_supported == ["ES256", "ES384", "EdDSA"]
    assert plain.authorization_response_iss_parameter_supported
    assert plain.token_endpoint_auth_methods_supported == ["none"]
    assert (plain.challenge_endpoint, attested.challenge_endpoint) == (None, f"{ISSUER}/challenge")
    assert attested.token_endpoint_auth_methods_supported == ["none", "attest_jwt_client_auth"]


def test_each_format_says_its_type_in_its_own_way() -> None:
    token = jwt_vc_json_configuration(KIND)
    selective = vc_sd_jwt_configuration(KIND, contexts=[CONTEXT])
    assert token.credential_definition == {"type": ["VerifiableCredential", TYPE]}
    assert selective.credential_definition is not None
    assert selective.credential_definition["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        CONTEXT,
    ]
    for suite in ("ecdsa-sd-2023", "bbs-2023", "eddsa-rdfc-2022"):
        found = ldp_vc_configuration(KIND, contexts=[CONTEXT], cryptosuite=suite)
        assert found.credential_signing_alg_values_supported == [suite]


def test_an_issuer_that_can_more_says_so() -> None:
    key = jose.public_encryption_key(jose.generate_encryption_key())
    kind = Kind(
        TYPE,
        proof_types=("jwt", "attestation"),
        attestation=AttestationRules(key_storage=["iso_18045_moderate"]),
    )
    made = create_issuer_metadata(
        ISSUER,
        {"a": sd_jwt_vc_configuration(kind)},
        display=[],
        abilities=Abilities(
            batch_size=10,
            request_encryption=request_encryption([key]),
            response_encryption=response_encryption(),
        ),
    )
    read = parse_issuer_metadata(write_message(made), expected_issuer=ISSUER)
    assert read == made
    assert read.batch_credential_issuance is not None
    assert read.batch_credential_issuance.batch_size == 10
    proofs = read.credential_configurations_supported["a"].proof_types_supported or {}
    assert sorted(proofs) == ["attestation", "jwt"]
    assert proofs["jwt"].key_attestations_required == kind.attestation


SIGNER = SoftwareSigner.generate(Algorithm.ES256, "did:web:issuer.skillspass.example#1")


def _key(_kid: str | None) -> PublicKey:
    return SIGNER.public


def test_signed_metadata_survive_the_wire(now: datetime) -> None:
    made = create_issuer_metadata(ISSUER, CONFIGURATIONS, display=[])
    token = sign_issuer_metadata(made, SIGNER, at=now, lifetime=timedelta(days=1))
    assert verify_issuer_metadata(token, expected_issuer=ISSUER, key_of=_key, at=now) == made
    for late, issuer in ((timedelta(days=1), ISSUER), (timedelta(0), "https://other.example")):
        with pytest.raises(ProtocolError) as refusal:
            verify_issuer_metadata(token, expected_issuer=issuer, key_of=_key, at=now + late)
        assert refusal.value.code == "issuer_metadata_invalid"


@pytest.mark.parametrize("change", [{"sub": "https://other.example"}, {"iat": None}, {"sub": None}])
def test_signed_metadata_without_subject_or_time_are_refused(
    change: JsonObject, now: datetime
) -> None:
    document = write_message(create_issuer_metadata(ISSUER, CONFIGURATIONS, display=[]))
    payload: JsonObject = {**document, "sub": ISSUER, "iat": int(now.timestamp()), **change}
    token = jose.sign_compact({"typ": SIGNED_TYPE, "kid": "1"}, payload, SIGNER)
    with pytest.raises(CredentialError) as refusal:
        verify_issuer_metadata(token, expected_issuer=ISSUER, key_of=_key, at=now)
    assert refusal.value.code == "issuer_metadata_invalid"


def test_metadata_signed_by_another_key_are_refused(now: datetime) -> None:
    made = create_issuer_metadata(ISSUER, CONFIGURATIONS, display=[])
    stranger = SoftwareSigner.generate(Algorithm.ES256, SIGNER.public.key_id)
    token = sign_issuer_metadata(made, stranger, at=now, lifetime=timedelta(days=1))
    with pytest.raises(CredentialError) as refusal:
        verify_issuer_metadata(token, expected_issuer=ISSUER, key_of=_key, at=now)
    assert refusal.value.code == "signature_invalid"


def test_metadata_may_hold_more_than_any_other_message_but_not_anything() -> None:
    many = {f"t{number}.dc+sd-jwt": sd_jwt_vc_configuration(KIND) for number in range(400)}
    written = create_issuer_metadata(ISSUER, many, display=[])
    body = compact_json(write_message(written))
    with pytest.raises(MalformedError, match="too_large"):
        parse_json_object(body)
    assert parse_issuer_metadata(read_document(body), expected_issuer=ISSUER) == written
    signer = SoftwareSigner.generate(Algorithm.ES256, "did:web:issuer.example#k")
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    token = sign_issuer_metadata(written, signer, at=at, lifetime=timedelta(hours=1))
    found = verify_issuer_metadata(
        token, expected_issuer=ISSUER, key_of=lambda _: signer.public, at=at
    )
    assert found == written
    for body in (b"[" + b"0," * 50_001 + b"0]", b'"' + b"x" * 1024 * 1024 + b'"'):
        with pytest.raises(MalformedError, match="too_large"):
            read_document(body)
