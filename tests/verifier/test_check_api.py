"""What the page of a deelkaart is answered: nothing kept, and never that it is this person."""

import pytest
from httpx2 import Response

from credentials.formats import FORMATS
from credentials.keys import Signer
from credentials.model import Binding, Wire
from schemas.messages import sentence
from tests.verifier.world import SD_JWT, World, codes

SHARE_SITE = "http://deel.localhost:8002"
SHARE = Binding(SHARE_SITE, "AAECAwQFBgcICQoLDA0ODw", live=False)


def card(world: World, *, binding: Binding = SHARE, signer: Signer | None = None) -> Wire:
    """One card of a deelkaart: only the skills."""
    return FORMATS[SD_JWT].present(
        world.issue(world.credential()),
        signer or world.worker,
        binding,
        disclose=frozenset({("skills", None)}),
        at=world.clock(),
    )


def check(world: World, *wires: Wire, site: str = SHARE_SITE, **headers: str) -> Response:
    """As the page of a deelkaart asks."""
    body = {"presentations": [*wires], "share": {"id": SHARE.nonce, "origin": site}}
    asked = {"origin": SHARE_SITE, "accept": "application/json", "accept-language": "nl", **headers}
    answer: Response = world.client.post("/api/check", json=body, headers=asked)
    return answer


def test_a_card_is_right_in_three_parts_and_unknown_in_the_fourth(world: World) -> None:
    shown = card(world)
    world.clock.turn(days=6)
    world.publish_statuses()
    world.publish_list(sequence=9)
    answer = check(world, shown)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    (proof,) = found["proofs"]
    assert proof["parts"] == {
        "authentic": "passed",
        "issuer": "passed",
        "valid": "passed",
        "holder": "undetermined",
    }
    assert "holder_card_only" in codes(proof)
    view = found["view"]
    assert (view["tone"], view["language"]) == ("warning", "nl")
    assert view["proofs"][0]["skills"][0]["label"] == "CNC-frezen"
    assert found["ask_at"].endswith("/?ask=skills")
    assert answer.headers["cache-control"] == "no-store"


def test_several_cards_are_told_together_and_apart(world: World) -> None:
    good, forged = card(world), card(world)
    answer = check(world, good, str(forged).replace("~", "~WyJhIiwgImIiLCAiYyJd~", 1)).json()
    assert [proof["verdict"] for proof in answer["proofs"]] == ["undetermined", "failed"]
    assert answer["view"]["tone"] == "negative"
    assert answer["view"]["lead"] == sentence("verifier.together.some", "nl", good=1, all=2)


@pytest.mark.parametrize(
    ("binding", "code"),
    [
        (Binding(SHARE_SITE, "BBECAwQFBgcICQoLDA0ODw"), "nonce_invalid"),
        (Binding("https://deel.elsewhere.example", SHARE.nonce), "aud_mismatch"),
    ],
    ids=["share", "site"],
)
def test_a_card_made_for_another_share_is_refused(
    world: World, binding: Binding, code: str
) -> None:
    (proof,) = check(world, card(world, binding=binding)).json()["proofs"]
    assert proof["parts"]["holder"] == "failed"
    assert code in codes(proof)


def test_a_card_signed_by_somebody_else_is_refused(world: World) -> None:
    (proof,) = check(world, card(world, signer=world.school)).json()["proofs"]
    assert proof["parts"]["holder"] == "failed"


def test_a_site_that_we_do_not_know_is_refused(world: World) -> None:
    answer = check(world, card(world), site="https://deel.elsewhere.example")
    assert (answer.status_code, answer.json()["code"]) == (400, "share_site_unknown")


def test_only_the_page_of_a_deelkaart_may_read_the_answer(world: World) -> None:
    assert check(world, card(world)).headers["access-control-allow-origin"] == SHARE_SITE
    refused = check(world, "rubbish", site="https://elsewhere.example")
    assert refused.headers["access-control-allow-origin"] == SHARE_SITE
    other = check(world, card(world), origin="https://elsewhere.example")
    assert "access-control-allow-origin" not in other.headers
    asked = {"access-control-request-method": "POST", "origin": SHARE_SITE}
    assert world.client.options("/api/check", headers=asked).status_code == 204
    asked["origin"] = "https://elsewhere.example"
    assert world.client.options("/api/check", headers=asked).status_code == 405


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_answer_comes_as_a_piece_of_a_page_too(world: World, language: str) -> None:
    headers = {"accept": "text/html", "accept-language": language}
    answer = check(world, card(world), **headers)
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html" not in answer.text
    assert "<form" not in answer.text
    assert 'data-part="holder" data-outcome="undetermined"' in answer.text
    assert sentence("verdict.holder.holder_card_only", language) in answer.text
    assert sentence("verifier.verdict.not_kept", language) in answer.text


def test_nothing_of_it_is_kept(world: World) -> None:
    check(world, card(world))
    with world.app.state.ports.database.reading() as session:
        rows = session.connection().exec_driver_sql("select count(*) from result").scalar_one()
    assert rows == 0
