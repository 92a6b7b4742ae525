"""Settings of the wallet, from the environment (``WALLET_...``) with the demo's as defaults."""

from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from service.settings import RoleSettings, origin_of, sibling


class WalletSettings(RoleSettings):
    """Where vaults lie; the passphrase seals the kiosk's.

    Attributes:
        keeper_url: the keeper's own site; empty: ``kluis`` beside the wallet's.
        share_url: the share page's own site; empty: ``deel`` beside the wallet's.
        web_url: the site of links that lead to the keeper; empty: ``wallet`` beside ``public_url``,
            where in a trial the kiosk is.
        verifier_list_url: where the sector's list of known askers is published; its key is that of
            the list of issuers.
        verifier_url: whose ``/api/check`` gives a deelkaart its verdict where a firm names none.
    """

    role: ClassVar[str] = "wallet"
    model_config = SettingsConfigDict(env_prefix="WALLET_")

    port: int = Field(default=8002, ge=0, le=65535)
    demo: bool = True

    keeper_url: str = ""
    share_url: str = ""
    web_url: str = ""
    verifier_list_url: str | None = None
    verifier_url: str = "http://localhost:8003"

    @property
    def keeper_origin(self) -> str:
        """Where vault and consent live: a site of its own, whose host is that of the passkeys."""
        return origin_of(self.keeper_url or sibling(self.public_url, "kluis"))

    @property
    def share_origin(self) -> str:
        """Where a deelkaart is opened: a site that shares no storage with the others."""
        return origin_of(self.share_url or sibling(self.public_url, "deel"))

    @property
    def web_origin(self) -> str:
        """Where links to the wallet lead; it holds nothing."""
        return origin_of(self.web_url or sibling(self.public_url, "wallet"))

    @property
    def kiosk_origin(self) -> str | None:
        """Where the trial passport is; only a trial has one."""
        return origin_of(self.public_url) if self.demo else None

    @property
    def check_url(self) -> str:
        """Where the share page has a presentation checked."""
        return f"{origin_of(self.verifier_url)}/api/check"

    @property
    def host_names(self) -> frozenset[str]:
        """With keeper, share page and links: three sites, told apart by name."""
        sites = (self.keeper_origin, self.share_origin, self.web_origin)
        return super().host_names | {urlsplit(site).hostname or "" for site in sites}

    @property
    def kiosk_vault(self) -> Path:
        """The sealed file of the trial passport."""
        return self.directory / "kiosk.vault"

    @property
    def cli_vault(self) -> Path:
        """The sealed file that the command line uses unless told otherwise."""
        return self.directory / "cli.vault"
