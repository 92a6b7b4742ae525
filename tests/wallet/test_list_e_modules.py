"""The OpenID Foundation's plan for wallets that show: one test for each module (list E).

The refusals are the cases of ``tests/cases/requests.json`` and ``queries.json`` by the same names,
which the browser's keeper runs as well; here the whole engine meets them, from the link on.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import pytest

from credentials import jose
from credentials.claims import Paths
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    compact_json,
    parse_json_object,
)
from credentials.errors import CredentialError, UndeterminedError
from credentials.formats import FORMATS
from credentials.openid4vc.response import open_response
from service.fetch import JSON, Fetched
from tests.cases.case import read
from tests.cases.requests import (
    CHAINS,
    CLIENT,
    DOCUMENT,
    REQUESTS,
    SEALING,
    UNUSABLE,
    URI,
    metadata,
    signed,
)
from tests.conftest import NOW
from tests.credentials.openid4vc.calling import CHAIN, FIRM, IMPOSTOR, ORIGIN, multisigned
from tests.wallet.welding import PRIVATE, TYPE, query, welder
from wallet.holder import calls, presenting
from wallet.holder.outside import Outside
from wallet.holder.presenting import Asked, Choice
from wallet.holder.vault import Vault

REQUEST_TYPE = "application/oauth-authz-req+jwt"


@dataclass
class ForeignVerifier:
    """A firm that is not ours: gives out one request, takes one answer.

    Attributes:
        echo: a wallet's nonce is put into the request; None gives another one back.
    """

    token: str
    document: JsonObject
    echo: bool = True
    payload: JsonObject = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: list[dict[str, list[str]]] = field(default_factory=list)

    def get(
        self, url: str, *, accept: Sequence[str] = JSON, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """The request, or the document of the firm."""
        del accept, headers
        self.asked.append(url)
        if url == URI:
            return Fetched(200, self.token.encode(), REQUEST_TYPE)
        if url.endswith("/.well-known/did.json"):
            return Fetched(200, compact_json(self.document), "application/json")
        raise UndeterminedError("fetch_failed", url)

    def get_body(self, url: str) -> bytes:
        """A document that was found."""
        return self.get(url).body

    def post(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """A wallet's nonce, or its answer."""
        del content_type, headers
        self.asked.append(url)
        fields = parse_qs(body.decode())
        if url != URI:
            self.answers.append(fields)
            return Fetched(200, b"{}", "application/json")
        given = fields["wallet_nonce"][0] if self.echo else "of-somebody-else"
        token = signed(self.payload | {"wallet_nonce": given})
        return Fetched(200, token.encode(), REQUEST_TYPE)


def firm(payload: JsonObject | None = None, *, echo: bool = True) -> ForeignVerifier:
    """With a sound request, but for what is named."""
    change = {"dcql_query": query("process")} | (payload or {})
    return ForeignVerifier(signed(change), DOCUMENT, echo=echo, payload=change)


def outside_of(verifier: ForeignVerifier) -> Outside:
    return Outside(http=verifier, trust=lambda: None, now=lambda: NOW, entropy=secrets.token_bytes)


@pytest.fixture
def vault() -> Vault:
    """One welding certificate of a school that is not ours."""
    return welder()


def link(client_id: str | None = CLIENT, **more: str) -> str:
    fields = {"client_id": client_id or "", "request_uri": URI, **more}
    return "openid4vp://?" + urlencode({name: value for name, value in fields.items() if value})


def ask(verifier: ForeignVerifier, vault: Vault, text: str = link()) -> Asked:
    return presenting.read_request(text, held=vault.held(), outside=outside_of(verifier))


def shown(
    verifier: ForeignVerifier,
    vault: Vault,
    asked: Asked,
    picked: Paths = frozenset(),
    *,
    extras: bool = False,
) -> JsonObject:
    """Answer, and read what the firm then knows: the claims by the name of the query."""
    more = [group for extra in asked.extras for group in extra] if extras else []
    choices = [Choice(group[0], picked) for group in (*asked.groups, *more)]
    presenting.answer(asked, choices, vault, outside=outside_of(verifier))
    (form,) = verifier.answers
    response = open_response(form["response"][0], PRIVATE)
    seen: JsonObject = {}
    for name, (wire, *others) in (response.vp_token or {}).items():
        assert not others
        unverified = FORMATS["dc+sd-jwt"].parse(wire)
        seen[name] = unverified.credential.claims
        binding = jose.peek(str(wire).rpartition("~")[2], typ=frozenset({"kb+jwt"}))
        assert unverified.holder is not None
        binding.verify(unverified.holder)
        assert (binding.payload["aud"], binding.payload["nonce"]) == (CLIENT, asked.request.nonce)
    return seen


def test_happy_flow(vault: Vault) -> None:
    verifier = firm()
    assert shown(verifier, vault, ask(verifier, vault)) == {"a": {"process": "TIG"}}


def test_alternate_happy_flow(vault: Vault) -> None:
    """Without state and end, with the other content encryption, and by another scheme."""
    only = metadata(encrypted_response_enc_values_supported=["A256GCM"])
    verifier = firm({"state": None, "exp": None, **only})
    asked = ask(verifier, vault, link().replace("openid4vp", "haip-vp"))
    assert shown(verifier, vault, asked) == {"a": {"process": "TIG"}}
    (form,) = verifier.answers
    head = b64url_decode(form["response"][0].partition(".")[0])
    assert parse_json_object(head)["enc"] == "A256GCM"


def test_request_uri_method_post(vault: Vault) -> None:
    verifier = firm()
    asked = ask(verifier, vault, link(request_uri_method="post"))
    assert shown(verifier, vault, asked) == {"a": {"process": "TIG"}}
    with pytest.raises(CredentialError, match="wallet_nonce_mismatch"):
        ask(firm(echo=False), vault, link(request_uri_method="post"))


def test_no_claims_in_dcql_query(vault: Vault) -> None:
    """Without claims nothing that can be left out is shown (OpenID4VP 1.0, section 6.4.1)."""
    verifier = firm({"dcql_query": query()})
    assert shown(verifier, vault, ask(verifier, vault)) == {"a": {}}


def test_fewer_claims_than_available(vault: Vault) -> None:
    verifier = firm({"dcql_query": query("process", "level")})
    seen = shown(verifier, vault, ask(verifier, vault))
    assert seen == {"a": {"process": "TIG", "level": 3}}
    assert b"Bos" not in compact_json(seen)


def test_optional_credential_set(vault: Vault) -> None:
    sets: list[JsonValue] = [
        {"options": [["a"]]},
        {"options": [["licence"]], "required": False},
    ]
    licence: JsonObject = {"id": "licence", "format": "dc+sd-jwt", "meta": {"vct_values": ["x:y"]}}
    wanted = query("process")
    credentials = wanted["credentials"]
    assert isinstance(credentials, list)
    both: JsonObject = {"credentials": [*credentials, licence], "credential_sets": sets}
    verifier = firm({"dcql_query": both})
    assert shown(verifier, vault, ask(verifier, vault)) == {"a": {"process": "TIG"}}


@pytest.mark.parametrize("ticked", [False, True], ids=["not ticked", "ticked"])
def test_an_optional_credential_set_is_answered_by_choice(vault: Vault, *, ticked: bool) -> None:
    wanted = query("process")
    credentials = wanted["credentials"]
    assert isinstance(credentials, list)
    more: JsonObject = {
        "id": "more",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [TYPE]},
        "claims": [{"path": ["level"]}],
    }
    sets: list[JsonValue] = [{"options": [["a"]]}, {"options": [["more"]], "required": False}]
    both: JsonObject = {"credentials": [*credentials, more], "credential_sets": sets}
    verifier = firm({"dcql_query": both})
    asked = ask(verifier, vault)
    assert [len(group) for extra in asked.extras for group in extra] == [1]
    expected: JsonObject = {"a": {"process": "TIG"}}
    expected |= {"more": {"level": 3}} if ticked else {}
    assert shown(verifier, vault, asked, extras=ticked) == expected


def test_ignores_unusable_encryption_key(vault: Vault) -> None:
    verifier = firm(metadata(jwks={"keys": [*UNUSABLE, SEALING]}))
    assert shown(verifier, vault, ask(verifier, vault)) == {"a": {"process": "TIG"}}


@pytest.mark.parametrize("turned", [False, True], ids=["first", "second"])
def test_multisigned_one_invalid_signature(vault: Vault, *, turned: bool) -> None:
    """One of two signatures holds, so the request does (appendix A.3.2): its signer is who asks.

    Where none holds it is ``invalid-request-object-signature``. Such a request only comes by the
    Digital Credentials API (``test_calls``); a link that leads to one is refused below.
    """
    hands = [CHAIN.bent(), FIRM][:: -1 if turned else 1]
    verifier = firm()
    asked = calls.read_call(
        multisigned(hands, dcql_query=query("process")),
        origin=ORIGIN,
        held=vault.held(),
        outside=outside_of(verifier),
    )
    assert asked.request.client_id == CLIENT
    choices = [Choice(group[0]) for group in asked.needs.groups]
    answer = calls.answer_call(asked, choices, vault, outside=outside_of(verifier))
    data = answer["data"]
    assert isinstance(data, dict)
    assert list(open_response(str(data["response"]), PRIVATE).vp_token) == ["a"]
    with pytest.raises(CredentialError, match="signature_invalid"):
        calls.read_call(
            multisigned([CHAIN.bent(), IMPOSTOR]),
            origin=ORIGIN,
            held=vault.held(),
            outside=outside_of(verifier),
        )


REFUSED = {
    "invalid-request-object-signature": "signature_invalid",
    "mismatched-client-id": "client_mismatch",
    "invalid-client-id-prefix": "client_id_prefix_unsupported",
    "response-uri-not-client-id": "client_mismatch",
    "missing-nonce": "nonce_invalid",
    "unknown-transaction-data-type": "transaction_data_unsupported",
    "redirect-uri-with-direct-post": "redirect_uri_not_allowed",
    "wrong-expected-origins": "expected_origins_mismatch",
    "multisigned-one-invalid-signature": "request_uri_invalid",
}
"""Module of the plan, with our code."""


@pytest.mark.parametrize("module", REFUSED)
def test_a_bad_request_is_refused_and_nobody_is_told_anything(module: str, vault: Vault) -> None:
    given = REQUESTS[module] if module in REQUESTS else CHAINS[module][0]
    document = given["document"]
    assert isinstance(document, dict)
    verifier = ForeignVerifier(str(given["token"]), document)
    client_id = given["clientId"]
    if module == "mismatched-client-id":  # another one at the same host, so that it is fetched
        client_id = f"{CLIENT}:x"
    text = link(str(client_id)) if client_id else URI
    with pytest.raises(CredentialError) as refusal:
        ask(verifier, vault, text)
    assert refusal.value.code == REFUSED[module]
    assert verifier.answers == []
    assert [event.type.value for event in vault.events] == ["holder_key_made", "credential_added"]


def test_required_non_matching_credential(vault: Vault) -> None:
    """What is not held cannot be shown; the firm hears the same as when the worker says no."""
    verifier = firm({"dcql_query": query("diploma_number")})
    asked = ask(verifier, vault)
    assert not asked.possible
    presenting.decline(asked, vault, outside=outside_of(verifier))
    (nothing,) = verifier.answers
    refused = firm()
    presenting.decline(ask(refused, vault), vault, outside=outside_of(refused))
    assert nothing == refused.answers[0]
    assert nothing["error"] == ["access_denied"]


def test_every_refusal_stands_in_the_cases_that_the_browser_runs() -> None:
    written = {name: expect for name, _, _, expect in read("requests")}
    for module, code in REFUSED.items():
        found = [written.get(f"{kind} {module}") for kind in ("request", "chain")]
        assert {"error": code} in found, module
    module = "required-non-matching-credential"  # no bad request: nothing is held that fits it
    matched = {name: expect for name, _, _, expect in read("queries")}[f"match {module}"]
    needed = {name: expect for name, _, _, expect in read("answers")}[f"needs {module}"]
    assert isinstance(matched, dict)
    assert (matched["possible"], needed) == (False, {"groups": [], "extras": []})
