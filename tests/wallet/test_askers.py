"""Who asks: by certificate or DID, with what they declare, and made for this wallet, now."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from credentials.certificates import write_chain
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.jose import generate_encryption_key, peek, sign_compact
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.declaration import Declaration
from credentials.openid4vc.request import (
    REQUEST_TYPE,
    client_id_of_certificate,
    create_request,
    request_link,
)
from credentials.trust.listing import TrustedIssuer, TrustList
from schemas import catalog
from schemas.declarations import lists
from tests.conftest import NOW
from tests.credentials.authorities import Authority
from tests.wallet.world import World
from wallet.holder import presenting
from wallet.holder.asker import asker_of
from wallet.holder.presenting import Asked, Choice

HOST = "asker.example"
ORIGIN = f"https://{HOST}"
URI = f"{ORIGIN}/requests/1"
ROOT = Authority()


@dataclass
class Asker:
    """A verifier made by hand, under a certificate; it signs whatever it is told.

    Attributes:
        query: what it asks.
        more: members of the request object that it adds or changes; None takes one out.
        echo: whether the wallet's nonce comes back.
    """

    world: World
    query: JsonObject = field(default_factory=lambda: catalog.query("skills"))
    declaration: Declaration | None = None
    more: dict[str, JsonValue] = field(default_factory=dict)
    echo: bool = True
    key: SoftwareSigner = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))
    took: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Be there for the wallet."""
        self.leaf = ROOT.certify(self.key.public, "Bouwbedrijf Van Dam", host=HOST)
        app = FastAPI()
        app.add_api_route("/requests/1", self.request, methods=["POST"])
        app.add_api_route("/responses/1", self.answer, methods=["POST"])
        self.world.clients[ORIGIN] = TestClient(app, base_url=ORIGIN)

    async def request(self, request: Request) -> Response:
        """The request object, with the wallet's nonce."""
        form = await request.form()
        token = create_request(
            self.key,
            client_id=client_id_of_certificate(self.leaf),
            response_uri=f"{ORIGIN}/responses/1",
            nonce="a-nonce-of-128-bits-ok",
            state="a-state-of-128-bits-ok",
            dcql_query=catalog.query("skills"),
            encryption_jwk=generate_encryption_key(),
            at=self.world.clock(),
            declaration=self.declaration,
            wallet_nonce=str(form["wallet_nonce"]) if self.echo else "another-nonce-of-theirs",
            x5c=write_chain([self.leaf]),
        )
        plain = peek(token, typ=frozenset({REQUEST_TYPE}), chain=True)
        changed = plain.payload | {"dcql_query": self.query} | self.more
        payload: JsonObject = {name: each for name, each in changed.items() if each is not None}
        return Response(
            sign_compact(plain.header, payload, self.key), media_type=f"application/{REQUEST_TYPE}"
        )

    async def answer(self, request: Request) -> dict[str, str]:
        """Take whatever comes."""
        form = await request.form()
        self.took.append(str(form.get("response") or form.get("error")))
        return {"redirect_uri": f"{ORIGIN}/done"}

    def link(self) -> str:
        """What its code holds."""
        return request_link("openid4vp://", client_id_of_certificate(self.leaf), URI, post=True)


def read(world: World, asker: Asker, *, anchors: tuple[bytes, ...] = ()) -> Asked:
    vault = world.vault()
    world.keep(vault, world.offer())
    outside = replace(world.outside, anchors=anchors)
    return presenting.read_request(asker.link(), held=vault.held(), outside=outside)


def code_of(world: World, asker: Asker) -> str:
    with pytest.raises(CredentialError) as refusal:
        presenting.read_request(asker.link(), held=(), outside=world.outside)
    return refusal.value.code


def test_an_asker_under_a_certificate_is_known_by_an_authority_that_we_know(world: World) -> None:
    asker = Asker(world)
    found = read(world, asker, anchors=(ROOT.certificate(),)).asker
    assert (found.name, found.host, found.known) == ("Bouwbedrijf Van Dam", HOST, True)


def test_under_an_authority_that_nobody_knows_the_asker_is_unknown(world: World) -> None:
    found = read(world, Asker(world)).asker
    assert (found.name, found.known) == (HOST, False)


def test_what_an_asker_declares_is_told(world: World) -> None:
    declared = Declaration("Van Dam", checked=True, declared=lists().usual, kvk="12345678")
    asked = read(world, Asker(world, declaration=declared))
    assert asked.declaration == declared
    assert read(world, Asker(world)).declaration is None


def test_the_answer_is_delivered_and_can_be_read_aloud(world: World) -> None:
    asker = Asker(world)
    vault = world.vault()
    world.keep(vault, world.offer())
    asked = presenting.read_request(asker.link(), held=vault.held(), outside=world.outside)
    choice = Choice(asked.groups[0][0], frozenset({("skills", 0)}))
    delivered = presenting.answer(asked, [choice], vault, outside=world.outside)
    assert delivered.redirect == f"{ORIGIN}/done"
    assert delivered.match.isdigit()
    assert len(asker.took[0].split(".")) == 5
    assert "deletion_uri" not in vault.events[-1].data


NAMES: JsonObject = {
    "credentials": [
        {
            "id": "a",
            "format": "dc+sd-jwt",
            "meta": {},
            "claims": [{"path": ["skills", None]}, {"path": ["family_name"]}],
        }
    ]
}
UNCHECKED = Declaration("Iemand", checked=False, declared=lists().usual)


def test_an_asker_who_was_not_checked_may_not_ask_a_name(world: World) -> None:
    assert code_of(world, Asker(world, query=NAMES, declaration=UNCHECKED)) == "asker_unchecked"
    checked = replace(UNCHECKED, checked=True)
    assert read(world, Asker(world, query=NAMES, declaration=checked)).possible


def test_a_request_that_was_not_made_for_this_wallet_now_is_refused(world: World) -> None:
    assert code_of(world, Asker(world, echo=False)) == "wallet_nonce_mismatch"
    assert code_of(world, Asker(world, more={"wallet_nonce": None})) == "wallet_nonce_mismatch"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"transaction_data": ["e30"]}, "transaction_data_unsupported"),
        ({"expected_origins": [ORIGIN]}, "expected_origins_mismatch"),
        ({"redirect_uri": ORIGIN}, "redirect_uri_not_allowed"),
        ({"response_mode": "direct_post"}, "response_mode_unsupported"),
        ({"response_uri": "https://elsewhere.example/1"}, "client_mismatch"),
        ({"verifier_info": []}, "request_invalid"),
        ({"verifier_info": "x"}, "request_invalid"),
        ({"nonce": None}, "nonce_invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_bad_request_is_refused(world: World, more: dict[str, JsonValue], code: str) -> None:
    assert code_of(world, Asker(world, more=more)) == code


def test_an_address_to_erase_elsewhere_is_refused(world: World) -> None:
    away = Declaration(
        "Van Dam", checked=True, declared=lists().usual, deletion_uri="https://evil.example/x"
    )
    assert code_of(world, Asker(world, declaration=away)) == "client_mismatch"


@pytest.mark.parametrize("since", [None, NOW], ids=["there", "gone"])
def test_a_firm_that_is_gone_is_not_known_by_its_identifier(
    since: datetime | None, world: World
) -> None:
    asked = read(world, Asker(world))
    firm = TrustedIssuer("did:web:firm.example", "Van Dam BV", (), (), gone_since=since)
    listed = TrustList(1, NOW, NOW + timedelta(days=1), (firm,))
    outside = replace(world.outside, trust=lambda: listed)
    by_did = replace(asked.request, did=firm.id, anchored=False)
    assert asker_of(by_did, outside=outside).known is (since is None)


def test_where_no_holder_is_asked_none_signs(world: World) -> None:
    loose: JsonObject = {
        "credentials": [
            {
                "id": "a",
                "format": "dc+sd-jwt",
                "meta": {},
                "claims": [{"path": ["skills", None]}],
                "require_cryptographic_holder_binding": False,
            }
        ]
    }
    asked = read(world, Asker(world, query=loose))
    choice = Choice(asked.groups[0][0], frozenset({("skills", 0)}))
    shown = presenting.presentations(asked, [choice], outside=world.outside)
    assert str(shown["a"][0]).endswith("~")


def test_the_screen_tells_relation_purpose_ground_and_how_long(world: World) -> None:
    link = dict(world.ask("skills"))["link"]
    page = world.browser().get(f"/present?{link.partition('?')[2]}").text
    for words in ("Vrager niet nagekeken", "kennismaken", "vier weken", "jij zegt ja"):
        assert words in page
