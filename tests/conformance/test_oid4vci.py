"""The example messages of OpenID4VCI 1.0: what an issuer elsewhere would send us."""

import re
from pathlib import Path

import pytest

from credentials.encoding import JsonObject, JsonValue, b64url_decode, parse_json, parse_json_object
from credentials.openid4vc.authorization_details import read_details
from credentials.openid4vc.configuration import CredentialConfiguration, claim_names
from credentials.openid4vc.credential import parse_request, parse_response
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.metadata import parse_issuer_metadata
from credentials.openid4vc.offer import parse_offer

ISSUER = "https://credential-issuer.example.com"


@pytest.fixture
def examples(vectors: Path) -> Path:
    """The folder of the specification's examples."""
    return vectors / "oid4vci" / "1.0" / "examples"


def _json(path: Path) -> JsonValue:
    return parse_json(path.read_bytes())


def _object(path: Path) -> JsonObject:
    return parse_json_object(path.read_bytes())


def _body(path: Path) -> JsonObject:
    """The body of an example that is printed as an HTTP message, its display line breaks undone."""
    text = path.read_text()
    body = text[text.index("{") :]
    return parse_json_object(re.sub(r"\n\s+(?=[A-Za-z0-9_~.-]+[\n\"~])", "", body))


def test_metadata_of_an_issuer_tells_endpoints_and_names_of_claims(examples: Path) -> None:
    document = parse_json_object(
        (examples / "credential_issuer_metadata_sd_jwt_long.json").read_bytes()
    )
    metadata = parse_issuer_metadata(document, expected_issuer=ISSUER)
    (configuration,) = metadata.credential_configurations_supported.values()
    assert metadata.authorization_server() == "https://server.example.com"
    assert metadata.nonce_endpoint == f"{ISSUER}/nonce"
    assert metadata.batch_credential_issuance is not None
    assert configuration.format == "dc+sd-jwt"
    assert configuration.vct == "SD_JWT_VC_example_in_OpenID4VCI"
    assert configuration.credential_metadata is not None
    names = claim_names(configuration.credential_metadata, "en")
    assert names["given_name",] == "Given Name"


def test_metadata_of_another_issuer_is_refused(examples: Path) -> None:
    document = parse_json_object(
        (examples / "credential_issuer_metadata_sd_jwt_long.json").read_bytes()
    )
    with pytest.raises(ProtocolError):
        parse_issuer_metadata(document, expected_issuer="https://server.example.com")


def test_the_payload_of_signed_metadata_reads_the_same_way(examples: Path) -> None:
    text = (examples / "credential_issuer_metadata_sd_jwt_jwt.txt").read_text()
    payload = parse_json_object(b64url_decode("".join(text.split()).split(".")[1]))
    assert parse_issuer_metadata(payload, expected_issuer=ISSUER).nonce_endpoint is None


@pytest.mark.parametrize(
    ("name", "format_id"),
    [
        ("ldp_vc", "ldp_vc"),
        ("jwt_vc_json", "jwt_vc_json"),
        ("mso_mdoc", "mso_mdoc"),
        ("sd_jwt_vc", "dc+sd-jwt"),
    ],
)
def test_a_configuration_of_any_format_is_read_also_of_formats_we_lack(
    examples: Path, name: str, format_id: str
) -> None:
    document = _object(examples / f"credential_metadata_{name}.json")
    configurations = document["credential_configurations_supported"]
    assert isinstance(configurations, dict)
    for value in configurations.values():
        assert CredentialConfiguration.model_validate(value).format == format_id


def test_an_offer_with_transaction_code_says_how_it_looks(examples: Path) -> None:
    document = parse_json_object(
        (examples / "credential_offer_multiple_credentials.json").read_bytes()
    )
    offer = parse_offer(document)
    assert offer.configuration_ids == ("UniversityDegreeCredential", "org.iso.18013.5.1.mDL")
    assert offer.pre_authorized_code == "oaKazRN8I0IbtZ0C7JuMn5"
    assert offer.tx_code is not None
    assert (offer.tx_code.length, offer.tx_code.input_mode) == (4, "numeric")


@pytest.mark.parametrize(
    "name", ["credential_offer_by_reference.json", "credential_offer_pre-authz_code.json"]
)
def test_a_transaction_code_object_asks_one_even_when_empty(examples: Path, name: str) -> None:
    offer = parse_offer(_object(examples / name))
    assert offer.tx_code is not None


def test_an_offer_for_the_flow_with_sign_in_holds_no_code(examples: Path) -> None:
    offer = parse_offer(_body(examples / "credential_offer_authz_code.txt"))
    assert offer.pre_authorized_code is None
    assert offer.grants is not None
    assert offer.grants.authorization_code is not None


@pytest.mark.parametrize(
    "name",
    ["", "_sd_jwt_vc", "_jwt_vc_json", "_ldp_vc", "_multiple_credentials", "_with_as", "_mso_doc"],
)
def test_authorization_details_name_their_configuration(examples: Path, name: str) -> None:
    details = read_details(_json(examples / f"authorization_details{name}.json"))
    assert all(detail.credential_configuration_id for detail in details)


@pytest.mark.parametrize("name", ["ldp_vc", "jwt_vc_json", "mso_mdoc", "sd_jwt_vc"])
def test_a_response_gives_its_one_credential(examples: Path, name: str) -> None:
    (wire,) = parse_response(_body(examples / f"credential_response_{name}.txt")).wires()
    assert isinstance(wire, dict) == (name == "ldp_vc")


def test_a_request_in_the_words_of_a_draft_gets_the_registered_error(examples: Path) -> None:
    """The example still names ``format`` and ``doctype``, which 1.0 replaced (section 8.2)."""
    document = _object(examples / "credential_request_iso_mdl.json")
    with pytest.raises(ProtocolError) as refusal:
        parse_request(document)
    assert refusal.value.error == "invalid_credential_request"
