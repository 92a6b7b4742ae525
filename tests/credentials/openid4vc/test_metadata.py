"""Metadata of issuers and authorization servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.metadata import (
    Display,
    authorization_metadata_url,
    claim_names,
    configuration_id,
    create_authorization_metadata,
    create_issuer_metadata,
    issuer_metadata_url,
    ldp_vc_configuration,
    parse_authorization_metadata,
    parse_issuer_metadata,
    sd_jwt_vc_configuration,
)

ISSUER = "https://issuer.skillspass.example"
TYPE = "https://skillspass.example/types/heftruck/1"
NAMES = [Display(name="voornaam", locale="nl"), Display(name="given name", locale="en")]


def _metadata() -> dict[str, object]:
    configurations = {
        configuration_id("heftruck", "dc+sd-jwt"): sd_jwt_vc_configuration(
            TYPE, display=[Display(name="Heftruck", locale="nl")], claims={("given_name",): NAMES}
        ),
        configuration_id("heftruck", "ldp_vc"): ldp_vc_configuration(
            TYPE,
            contexts=["https://skillspass.example/contexts/skills/v1"],
            display=[],
            claims={("given_name",): NAMES},
        ),
    }
    return dict(write_message(create_issuer_metadata(ISSUER, configurations, display=[])))


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


def test_authorization_metadata_survives_the_wire_under_its_hyphenated_name() -> None:
    document = write_message(create_authorization_metadata(ISSUER))
    assert document["pre-authorized_grant_anonymous_access_supported"] is True
    read = parse_authorization_metadata(document, expected_issuer=ISSUER)
    assert read.token_endpoint == f"{ISSUER}/token"
    assert read.pre_authorized_grant_anonymous_access_supported


def test_authorization_metadata_of_another_server_is_refused() -> None:
    document = write_message(create_authorization_metadata("https://evil.example"))
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
