"""The sector's second list: a firm on it is shown as known, and every other as not checked."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from credentials.encoding import compact_json
from credentials.keys import SoftwareSigner
from credentials.trust.listing import (
    VERIFIERS,
    ListedCertificate,
    Scheme,
    TrustedIssuer,
    sign_list,
)
from credentials.trust.verifiers import asking
from schemas.messages import LANGUAGES, sentence
from tests.conftest import NOW, named
from tests.wallet.test_askers import HOST, Asker
from tests.wallet.world import TRUST, WALLET, World
from wallet.app import create_app
from wallet.holder import presenting
from wallet.settings import WalletSettings
from wallet.trust import TrustSource

DAY = timedelta(days=1)
LISTS = "https://askers.skillspass.example"
NAME = "Van Dam Bouw BV"


@dataclass
class Sector:
    """A wallet that reads the second list, and the firm that asks; the list says what it is told.

    Attributes:
        signer: of the list; None is the sector's own.
        sequence: of the next list.
    """

    world: World
    asker: Asker = field(init=False)
    entries: tuple[TrustedIssuer, ...] = ()
    signer: SoftwareSigner | None = None
    kind: str = VERIFIERS
    sequence: int = 1

    def __post_init__(self) -> None:
        """Publish, and start a wallet that looks there."""
        self.asker = Asker(self.world)
        app = FastAPI()
        app.add_api_route("/list.jwt", self.listed)
        self.world.clients[LISTS] = TestClient(app, base_url=LISTS)
        settings = WalletSettings.model_validate(
            {
                "var": self.world.directory,
                "identifier": WALLET,
                "public_url": WALLET,
                "passphrase": "drie natte fietsen",
                "trust_list_url": f"{TRUST}/list.jwt",
                "trust_anchor": compact_json(self.world.anchor.public.jwk()).decode(),
                "verifier_list_url": f"{LISTS}/list.jwt",
            }
        )
        self.source = TrustSource(
            settings,
            http=self.world.http,
            clock=self.world.clock,
            verifiers=settings.verifier_list_url,
        )
        self.world.wallet = create_app(
            settings, fetch=self.world.http, clock=self.world.clock, entropy=secrets.token_bytes
        )

    def listed(self) -> Response:
        """The list as it is now."""
        token = sign_list(
            self.entries,
            self.signer or self.world.anchor,
            sequence=self.sequence,
            at=self.world.clock(),
            next_update=self.world.clock() + DAY,
            scheme=Scheme(type=self.kind),
        )
        return Response(token, media_type="application/trustlist+jwt")

    def firm(self) -> TrustedIssuer:
        """The firm of the asker, by its certificate."""
        certificate = ListedCertificate(self.asker.leaf, NOW - DAY)
        return TrustedIssuer(
            "did:web:asker.example", NAME, (asking(NOW - DAY),), (), certificates=(certificate,)
        )

    def seen(self) -> tuple[str, bool]:
        """What the engine says of who asks: the name, and whether it is known."""
        vault = self.world.vault()
        self.world.keep(vault, self.world.offer())
        outside = replace(self.world.outside, known=self.source.known)
        found = presenting.read_request(self.asker.link(), held=vault.held(), outside=outside).asker
        return found.name, found.known

    def page(self, language: str) -> str:
        """The screen of the wallet before anything is shown."""
        query = self.asker.link().partition("?")[2]
        return self.world.browser().get(f"/present?{query}&lang={language}").text


@pytest.fixture
def sector(tmp_path: Path) -> Sector:
    return Sector(World(tmp_path))


def told(sector: Sector) -> bool:
    """Whether the screen shows the firm as known; in both languages it shows one of two."""
    shown: set[bool] = set()
    for language in LANGUAGES:
        page = sector.page(language)
        known = sentence("wallet.ask.known", language) in page
        assert known is not (sentence("wallet.ask.unchecked", language) in page)
        assert (NAME in page) is known
        shown.add(known)
    return shown == {True}


def test_a_firm_on_the_list_is_shown_as_known_by_the_lists_own_name(sector: Sector) -> None:
    sector.entries = (sector.firm(),)
    assert sector.seen() == (NAME, True)
    assert told(sector)


def test_a_firm_that_is_not_on_the_list_was_not_checked(sector: Sector) -> None:
    other = replace(sector.firm(), certificates=(), id="did:web:other.example")
    sector.entries = (other,)
    assert sector.seen() == (HOST, False)
    assert not told(sector)


Change = Callable[[TrustedIssuer], TrustedIssuer]


def ended(firm: TrustedIssuer) -> TrustedIssuer:
    """Its place on the list is over."""
    return replace(firm, services=(asking(NOW - DAY, until=NOW),))


def gone(firm: TrustedIssuer) -> TrustedIssuer:
    """The firm is no more."""
    return replace(firm, gone_since=NOW - DAY / 2)


def lost(firm: TrustedIssuer) -> TrustedIssuer:
    """Its certificate is in wrong hands."""
    return replace(firm, certificates=(replace(firm.certificates[0], compromised=True),))


def not_begun(firm: TrustedIssuer) -> TrustedIssuer:
    """It is on the list from tomorrow on."""
    return replace(firm, services=(asking(NOW + DAY),))


@pytest.mark.parametrize("change", [ended, gone, lost, not_begun], ids=named)
def test_a_firm_whose_place_is_over_is_not_known(sector: Sector, change: Change) -> None:
    sector.entries = (change(sector.firm()),)
    assert sector.seen() == (HOST, False)
    assert not told(sector)


def test_a_firm_that_is_taken_off_is_known_no_longer_than_the_copy_lives(sector: Sector) -> None:
    sector.entries = (sector.firm(),)
    assert sector.seen()[1]
    sector.entries, sector.sequence = (ended(sector.firm()),), 2
    sector.world.clock.turn(minutes=2)
    assert not sector.seen()[1]


def test_a_list_of_another_signer_or_of_issuers_makes_nobody_known(sector: Sector) -> None:
    sector.entries = (sector.firm(),)
    sector.signer = SoftwareSigner.generate(sector.world.anchor.public.algorithm)
    assert not sector.seen()[1]
    sector.signer, sector.kind = None, "https://skillspass.example/trust/lists/issuers/1"
    sector.world.clock.turn(minutes=2)
    assert not sector.seen()[1]
