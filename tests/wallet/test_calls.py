"""A page that asks through the browser or phone: three protocols, two ways back, and no."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from credentials.claims import Paths
from credentials.encoding import JsonObject, compact_json
from credentials.errors import RejectedError, UndeterminedError
from credentials.findings import Check, Outcome
from credentials.formats import FORMATS
from credentials.jose import encryption_key_id, peek
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql_query import parse_query
from credentials.openid4vc.declaration import Declaration, write_declaration
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.response import AuthorizationResponse, open_response, read_plain
from credentials.verification import Expectations, HolderCheck, Policy, Sources, check
from schemas.declarations import lists
from service.fetch import JSON, Fetched
from tests.cases.requests import CLIENT
from tests.conftest import NOW
from tests.credentials.openid4vc.calling import (
    FIRM,
    ORIGIN,
    WAYS,
    document,
    multisigned,
    signed,
    unsigned,
)
from tests.wallet.welding import PRIVATE, SCHOOL_DOCUMENT, query, welder
from wallet.holder import calls, erasing
from wallet.holder.calls import Called
from wallet.holder.history import shown
from wallet.holder.outside import Outside
from wallet.holder.presentations import Choice
from wallet.holder.vault import Vault

ERASABLE = write_declaration(
    Declaration(
        "Metaal BV", checked=True, declared=lists().usual, deletion_uri=f"{ORIGIN}/deletions"
    )
)


@dataclass
class Internet:
    """The documents of firm and school; whoever posts anything is found out."""

    asked: list[str] = field(default_factory=list)

    def get_body(self, url: str) -> bytes:
        """A document."""
        self.asked.append(url)
        if url == "https://school.example/.well-known/did.json":
            return compact_json(SCHOOL_DOCUMENT)
        return document(url)

    def get(
        self, url: str, *, accept: Sequence[str] = JSON, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """The same, with its type."""
        del accept, headers
        return Fetched(200, self.get_body(url), "application/json")

    def post(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Nobody takes anything."""
        del body, content_type, headers
        raise UndeterminedError("fetch_failed", url)


@pytest.fixture
def internet() -> Internet:
    """Firm and school."""
    return Internet()


@pytest.fixture
def outside(internet: Internet) -> Outside:
    """Without a trust list."""
    return Outside(http=internet, trust=lambda: None, now=lambda: NOW, entropy=secrets.token_bytes)


@pytest.fixture
def vault() -> Vault:
    """One welding certificate."""
    return welder()


def read(octets: bytes, vault: Vault, outside: Outside, origin: str = ORIGIN) -> Called:
    return calls.read_call(octets, origin=origin, held=vault.held(), outside=outside)


def answered(
    called: Called, vault: Vault, outside: Outside, picked: Paths = frozenset()
) -> JsonObject:
    """The data of the answer that the page gets."""
    choices = [Choice(group[0], picked) for group in called.needs.groups]
    answer = calls.answer_call(called, choices, vault, outside=outside)
    assert list(answer) == ["protocol", "data"]
    assert answer["protocol"] == called.request.protocol.value
    data = answer["data"]
    assert isinstance(data, dict)
    return data


def opened(data: JsonObject, mode: str) -> AuthorizationResponse:
    """Read as the verifier's own code reads what wallets post."""
    if mode == "dc_api":
        assert list(data) == ["vp_token"]
        return read_plain(compact_json(data["vp_token"]).decode(), None)
    assert list(data) == ["response"]
    assert encryption_key_id(str(data["response"])) == "e"
    return open_response(str(data["response"]), PRIVATE)


def binding_of(wire: Wire, audience: str, nonce: str, internet: Internet) -> Outcome:
    """What the kernel says to whoever asked: was this made for them, now, by its holder?"""
    verdict = check(
        wire,
        expected=Expectations(
            policy=Policy.ANY,
            binding=Binding(audience=audience, nonce=nonce),
            holder=HolderCheck.LIVE,
            query=parse_query(query("process")).credentials[0],
        ),
        sources=Sources(get=internet.get_body, trust_list=None, schemas=lambda _: None),
        at=NOW,
    )
    found = {finding.check: finding.outcome for finding in verdict.findings}
    assert (found[Check.PROOF], found[Check.QUERY]) == (Outcome.PASSED, Outcome.PASSED)
    return found[Check.BINDING]


@pytest.mark.parametrize("mode", ["dc_api", "dc_api.jwt"])
@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_for_the_page_that_asked(
    way: str, mode: str, vault: Vault, outside: Outside, internet: Internet
) -> None:
    called = read(WAYS[way](response_mode=mode, dcql_query=query("process")), vault, outside)
    response = opened(answered(called, vault, outside), mode)
    assert response.state is None
    ((wire,),) = response.vp_token.values()
    assert FORMATS["dc+sd-jwt"].parse(wire).credential.claims == {"process": "TIG"}
    bound = peek(str(wire).rpartition("~")[2], typ=frozenset({"kb+jwt"})).payload
    nonce = called.request.nonce
    assert (bound["aud"], bound["nonce"]) == (f"origin:{ORIGIN}", nonce)
    assert binding_of(wire, f"origin:{ORIGIN}", nonce, internet) is Outcome.PASSED
    for audience, told in ((CLIENT, nonce), (ORIGIN, nonce), (f"origin:{ORIGIN}", "another")):
        assert binding_of(wire, audience, told, internet) is Outcome.FAILED


def test_the_worker_sees_the_host_that_asks_and_what_was_shown(
    vault: Vault, outside: Outside
) -> None:
    called = read(multisigned(dcql_query=query("process")), vault, outside)
    assert (called.asker.name, called.asker.host, called.asker.known) == (
        *("De firma", "firm.example"),
        False,
    )
    answered(called, vault, outside)
    (entry,) = shown(vault.events)
    assert (entry.host, entry.answered, len(entry.credentials)) == ("firm.example", True, 1)


def test_nothing_is_fetched_for_a_page_without_signature(
    vault: Vault, outside: Outside, internet: Internet
) -> None:
    answered(read(unsigned(dcql_query=query("process")), vault, outside), vault, outside)
    assert internet.asked == []


def test_saying_no_and_having_nothing_look_the_same(vault: Vault, outside: Outside) -> None:
    able = read(signed(dcql_query=query("process")), vault, outside)
    unable = read(signed(dcql_query=query("diploma_number")), vault, outside)
    assert able.needs.groups
    assert not unable.needs.groups
    no: JsonObject = {"protocol": "openid4vp-v1-signed", "data": {"error": "access_denied"}}
    assert [calls.decline_call(each, vault) for each in (able, unable)] == [no, no]
    assert [entry.answered for entry in shown(vault.events)] == [False, False]


def test_nothing_chosen_is_no_answer(vault: Vault, outside: Outside) -> None:
    called = read(signed(dcql_query=query("process")), vault, outside)
    before = len(vault.events)
    with pytest.raises(RejectedError, match="choice_incomplete"):
        calls.answer_call(called, [], vault, outside=outside)
    assert len(vault.events) == before


@pytest.mark.parametrize("way", ["signed", "multisigned"])
def test_a_refused_call_leaves_no_trace_and_fetches_nothing(
    way: str, vault: Vault, outside: Outside, internet: Internet
) -> None:
    """Played again by another page, it is refused before anybody hears of this wallet."""
    before = len(vault.events)
    with pytest.raises(ProtocolError) as refusal:
        read(WAYS[way](dcql_query=query("process")), vault, outside, "https://evil.example")
    assert (refusal.value.error, refusal.value.code) == (
        *("invalid_request", "expected_origins_mismatch"),
    )
    assert (len(vault.events), internet.asked) == (before, [])


def test_only_who_signed_can_be_asked_to_erase(vault: Vault, outside: Outside) -> None:
    by_hand = FIRM.but(verifier_info=[ERASABLE])
    asks = query("process")
    for octets, erasable in (
        (multisigned([by_hand], dcql_query=asks), True),
        (multisigned(dcql_query=asks), False),
        (unsigned(verifier_info=[ERASABLE], dcql_query=asks), False),
    ):
        called = read(octets, vault, outside)
        answered(called, vault, outside)
        assert erasing.can_erase(vault.events[-1]) is erasable
    assert called.request.declaration is not None
