"""Whatever is sent to a door for wallets: an answer in OAuth's words, never a fault of ours."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.openid4vc.error_response import parse_error_response
from tests.issuer.code_flow import ATTESTERS, FORM, JSON, Wallet
from tests.issuer.office import Office, open_office

FIELDS = [
    *("grant_type", "code", "client_id", "redirect_uri", "code_verifier", "tx_code"),
    *("pre-authorized_code", "refresh_token", "authorization_details", "scope", "request_uri"),
]
GRANTS = [
    *("authorization_code", "refresh_token"),
    "urn:ietf:params:oauth:grant-type:pre-authorized_code",
]
HEADERS = ["DPoP", "OAuth-Client-Attestation", "OAuth-Client-Attestation-PoP"]
QUIET = [HealthCheck.function_scoped_fixture]
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One issuer for all inputs: they leave nothing behind."""
    found = open_office(tmp_path_factory.mktemp("office"), attesters=ATTESTERS)
    yield found
    found.ports.database.close()


def refused(office: Office, path: str, body: bytes, headers: dict[str, str]) -> None:
    answer = office.client.post(path, content=body, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert parse_error_response(answer.json()).word is not None


@settings(suppress_health_check=QUIET, max_examples=60)
@given(
    st.sampled_from(["/par", "/token", "/credential", "/deferred_credential", "/notification"]),
    st.binary(max_size=80),
    st.sampled_from([FORM, JSON, {"Content-Type": "application/jwt"}, {}]),
)
def test_any_bytes_are_refused(
    office: Office, path: str, body: bytes, headers: dict[str, str]
) -> None:
    refused(office, path, body, headers)


@settings(suppress_health_check=QUIET, max_examples=60)
@given(
    st.dictionaries(st.sampled_from(FIELDS), TEXT),
    st.sampled_from(GRANTS),
    st.dictionaries(st.sampled_from(HEADERS), TEXT),
)
def test_any_token_request_is_refused(
    office: Office, fields: dict[str, str], grant: str, headers: dict[str, str]
) -> None:
    asked = {**fields, "grant_type": grant}
    answer = office.client.post("/token", data=asked, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert parse_error_response(answer.json()).word is not None


@settings(suppress_health_check=QUIET, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("credential_configuration_id", "credential_identifier", "proofs"),
                *("credential_response_encryption", "transaction_id"),
            ]
        ),
        st.none() | st.text(max_size=9) | st.dictionaries(st.text(max_size=5), st.lists(TEXT)),
    ),
    st.sampled_from(["/credential", "/deferred_credential"]),
)
def test_any_credential_request_with_a_good_token_is_refused(
    office: Office, document: dict[str, object], path: str
) -> None:
    wallet = _wallet(office)
    headers = {"Authorization": f"Bearer {_TOKENS[office.settings.directory.as_posix()]}"}
    answer = wallet.office.client.post(path, json=document, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert parse_error_response(answer.json()).word is not None


_TOKENS: dict[str, str] = {}


def _wallet(office: Office) -> Wallet:
    """One token serves all refusals: none of them uses it up."""
    wallet, name = Wallet(office), office.settings.directory.as_posix()
    if name not in _TOKENS:
        _TOKENS[name] = wallet.token(office.offer())["access_token"]
    return wallet


@settings(suppress_health_check=QUIET, max_examples=60)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
def test_any_query_of_the_page_is_refused_on_a_page(office: Office, query: str) -> None:
    answer = office.client.get(f"/authorize?{query}", headers={"Accept": "text/html"})
    assert (answer.status_code, "text/html" in answer.headers["content-type"]) == (400, True)
