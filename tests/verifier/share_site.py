"""A wallet's own share service beside the verifier of these tests, and deelkaarten on it."""

import hashlib
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from credentials import share_card
from credentials.encoding import b64url_encode
from credentials.formats import FORMATS
from credentials.model import Binding, Wire
from credentials.share_card import ShareLink
from tests.verifier.world import SD_JWT, World
from tests.wallet.keeping import SHARE, Keeping, keeping_at
from wallet import shares


@dataclass
class ShareSite:
    """The site ``deel``, known to the verifier's part of the internet."""

    world: World
    keeping: Keeping

    @classmethod
    def beside(cls, world: World, folder: Path) -> "ShareSite":
        """Start it."""
        keeping = keeping_at(folder, f"sqlite:///{folder / 'shares.db'}")
        world.internet.sites[SHARE] = TestClient(keeping.app, base_url=SHARE)
        return cls(world, keeping)

    def link(self, *, coded: bool = False) -> ShareLink:
        """A fresh link to nothing yet."""
        return share_card.new_link(SHARE, coded=coded, entropy=os.urandom)

    def card(self, link: ShareLink, held: Wire | None = None) -> Wire:
        """One card: the skills of a proof, for this share."""
        return FORMATS[SD_JWT].present(
            held or self.world.issue(self.world.credential()),
            self.world.worker,
            Binding(link.origin, b64url_encode(link.share_id)),
            disclose=frozenset({("skills", None)}),
            at=self.world.clock(),
        )

    def publish(
        self, link: ShareLink, *cards: Wire, code: str | None = None, views: int | None = None
    ) -> str:
        """Put a share on the site, as the keeper does; its link as text."""
        expires = (self.world.clock() + timedelta(days=7)).replace(microsecond=0)
        sealed = share_card.seal(link, cards, expires=expires, code=code, entropy=os.urandom)
        gate = hashlib.sha256(share_card.gate(link, code=code)).hexdigest()
        share = shares.NewShare(
            id=b64url_encode(link.share_id),
            octets=sealed,
            expires_at=expires,
            coded=link.coded,
            gate_hash=gate,
            stop_hash="0" * 64,
            max_views=views,
        )
        with self.keeping.app.state.doors.database.transaction() as session:
            shares.make(session, share, at=self.keeping.clock())
        return link.text()

    def shared(self, *, views: int | None = None) -> str:
        """A deelkaart with one card; its link."""
        link = self.link()
        return self.publish(link, self.card(link), views=views)
