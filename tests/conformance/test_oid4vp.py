"""The examples of OpenID4VP 1.0: queries, requests and metadata that others send."""

from pathlib import Path

import pytest

from credentials.encoding import JsonObject, parse_json_object
from credentials.openid4vc.dcql import DcqlQuery, parse_query
from credentials.openid4vc.request import ClientMetadata, RequestObject


@pytest.fixture
def examples(vectors: Path) -> Path:
    """The folder of the specification's examples."""
    return vectors / "oid4vp" / "1.0" / "examples"


def _read(path: Path) -> JsonObject:
    """An example; what it leaves out between braces for display is an empty object."""
    text = path.read_text().replace("{ ... }", "{}").replace("{...}", "{}")
    return parse_json_object(text)


def _query(examples: Path, name: str) -> DcqlQuery:
    return parse_query(_read(examples / f"{name}.json"))


def test_a_simple_query_asks_three_claims_of_one_type(examples: Path) -> None:
    (asked,) = _query(examples, "query_lang/simple").credentials
    assert asked.types == (frozenset({"https://credentials.example.com/identity_credential"}),)
    assert [claim.path for claim in asked.claims] == [
        ("family_name",),
        ("given_name",),
        ("address", "street_address"),
    ]
    assert asked.holder_binding
    assert not asked.multiple


def test_values_narrow_a_claim(examples: Path) -> None:
    (asked,) = _query(examples, "query_lang/value_matching_simple").credentials
    assert [claim.values for claim in asked.claims] == [("Doe",), (), (), ("90210", "90211")]


def test_claim_sets_keep_the_order_of_the_asker(examples: Path) -> None:
    (asked,) = _query(examples, "query_lang/claims_alternatives").credentials
    assert [[claim.claim_id for claim in each] for each in asked.combinations()] == [
        ["a", "c", "d", "e"],
        ["a", "b", "e"],
    ]


def test_credential_sets_are_alternatives_and_may_be_optional(examples: Path) -> None:
    query = _query(examples, "query_lang/credentials_alternatives")
    assert [each.required for each in query.credential_sets] == [True, False]
    assert query.complete(frozenset({"pid_reduced_cred_1", "pid_reduced_cred_2"}))
    assert not query.complete(frozenset({"pid_reduced_cred_1", "nice_to_have"}))


@pytest.mark.parametrize("name", ["simple_mdoc", "complex_mdoc", "multi_credentials"])
def test_a_query_for_a_format_we_lack_is_read_and_just_not_answered(
    examples: Path, name: str
) -> None:
    query = _query(examples, f"query_lang/{name}")
    assert "mso_mdoc" in {asked.format for asked in query.credentials}


@pytest.mark.parametrize("name", ["dcql_jwt_vc", "dcql_ldp_vc"])
def test_w3c_types_are_sets_that_must_all_be_there(examples: Path, name: str) -> None:
    (asked,) = _query(examples, f"request/{name}").credentials
    assert asked.types == (frozenset({"IDCredential"}),)
    assert all(claim.path[0] == "credentialSubject" for claim in asked.claims)


def test_verifier_metadata_names_the_formats_it_reads(examples: Path) -> None:
    folder = examples / "client_metadata"
    formats = {
        name
        for path in sorted(folder.glob("*.json"))
        for name in ClientMetadata.model_validate(_read(path)).vp_formats_supported or {}
    }
    assert formats == {"dc+sd-jwt", "ldp_vc", "jwt_vc_json", "mso_mdoc"}


def test_a_request_object_of_a_did_is_read_up_to_the_response_mode(examples: Path) -> None:
    """The example leaves out ``response_mode``, which section 5.2 requires."""
    document = _read(examples / "request" / "request_object_client_id_did.json")
    document["response_mode"] = "direct_post.jwt"
    asked = RequestObject.model_validate(document)
    assert asked.client_id == "decentralized_identifier:did:example:123"
    assert asked.nonce == "n-0S6_WzA2Mj"


def test_encryption_keys_travel_in_the_client_metadata(examples: Path) -> None:
    document = _read(examples / "digital_credentials_api" / "signed_request_payload.json")
    metadata = ClientMetadata.model_validate(document["client_metadata"])
    assert metadata.jwks is not None
    assert isinstance(metadata.jwks["keys"], list)
