"""A colleague's key, made for one confirmation: real, of a colleague, and nobody knows whose."""

from dataclasses import replace

import pytest

from credentials import verification
from credentials.dids import did_jwk
from credentials.expectations import Expectations, Policy, Sources
from credentials.findings import Check, Outcome, Part
from credentials.formats import FORMATS
from credentials.keys import Signer
from credentials.model import Binding, Validity, Wire
from schemas import catalog
from schemas.messages import sentence
from skills.framework import statement
from tests.cases.keys import p256
from tests.conftest import NOW
from tests.verifier.world import SD_JWT, Json, World

TYPE = catalog.credential_type("collega-bevestiging").url
SITE = "http://deel.localhost:8002"
SHARE = Binding(SITE, "AAECAwQFBgcICQoLDA0ODw", live=False)


def one_time() -> Signer:
    """A key that carries its own name."""
    return p256("colleague")


def given(world: World, *, type_url: str = TYPE, signer: Signer | None = None) -> Wire:
    """What a colleague's page gives: no list, no end, no name."""
    credential = replace(
        world.credential(),
        type=type_url,
        issuer=did_jwk(one_time().public),
        claims={"skills": [statement("inwerken", 3)]},
        validity=Validity(),
        status=(),
    )
    return world.issue(credential, signer=signer or one_time())


def shown(world: World, held: Wire, language: str = "nl") -> Json:
    """What the page of a deelkaart is answered about it."""
    everything = frozenset({("skills", None)})
    wire = FORMATS[SD_JWT].present(held, world.worker, SHARE, disclose=everything, at=world.clock())
    body = {"presentations": [wire], "share": {"id": SHARE.nonce, "origin": SITE}}
    headers = {"origin": SITE, "accept": "application/json", "accept-language": language}
    answer = world.client.post("/api/check", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_colleagues_word_is_real_and_who_gave_it_stays_open(world: World, language: str) -> None:
    found = shown(world, given(world), language)
    (proof,) = found["proofs"]
    assert proof["parts"] == {
        "authentic": "passed",
        "issuer": "undetermined",
        "valid": "passed",
        "holder": "undetermined",
    }
    assert proof["type"]["evidence_grade"] == "colleague"
    (view,) = found["view"]["proofs"]
    assert (view["grade"], view["tone"]) == ("colleague", "warning")
    assert [skill["label"] for skill in view["skills"]] == [
        statement("inwerken", 3)[f"label_{language}"]
    ]
    told = {part["part"]: part["reason"] for part in view["parts"]}
    assert told["issuer"] == sentence("verdict.issuer.one_time_key", language)
    assert found["view"]["title"] == sentence("verdict.title.one_time_key", language)


def test_the_reader_is_told_that_the_owner_can_have_done_it() -> None:
    assert "eigenaar" in sentence("verdict.issuer.one_time_key", "nl")
    assert "owner" in sentence("verdict.issuer.one_time_key", "en")


def test_such_a_key_gives_nothing_of_another_type(world: World) -> None:
    diploma = catalog.credential_type("werkervaringsverklaring").url
    (proof,) = shown(world, given(world, type_url=diploma))["proofs"]
    assert proof["parts"]["issuer"] == "failed"
    assert proof["parts"]["authentic"] == "undetermined"
    assert proof["type"] is None


def test_a_forged_word_is_no_ones(world: World) -> None:
    (proof,) = shown(world, given(world, signer=p256("forger")))["proofs"]
    assert proof["parts"]["authentic"] == "failed"
    assert proof["type"] is None


@pytest.mark.parametrize("policy", [Policy.LISTED, Policy.ANY], ids=["listed", "any"])
def test_without_the_rule_nobody_is_let_through_and_with_it_nobody_is_vouched_for(
    world: World, policy: Policy
) -> None:
    """The guard off and on, in the kernel alone."""
    sources = Sources(get=world.internet.get_body, trust_list=None, schemas=lambda _: None)
    expected = Expectations(policy=policy, one_time=frozenset({TYPE}))
    verdict = verification.check(given(world), expected=expected, sources=sources, at=NOW)
    assert verdict.part(Part.ISSUER) is Outcome.UNDETERMINED
    assert verdict.part(Part.AUTHENTIC) is Outcome.PASSED
    closed = replace(expected, one_time=frozenset())
    verdict = verification.check(given(world), expected=closed, sources=sources, at=NOW)
    trust = next(one for one in verdict.findings if one.check is Check.TRUST)
    assert (
        trust.code
        == {Policy.LISTED: "trust_list_unavailable", Policy.ANY: "trust_not_asked"}[policy]
    )
