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
    """

    role: ClassVar[str] = "wallet"
    model_config = SettingsConfigDict(env_prefix="WALLET_")

    port: int = Field(default=8002, ge=0, le=65535)
    demo: bool = True

    keeper_url: str = ""
    share_url: str = ""

    @property
    def keeper_origin(self) -> str:
        """Where vault and consent live: a site of its own, whose host is that of the passkeys."""
        return origin_of(self.keeper_url or sibling(self.public_url, "kluis"))

    @property
    def share_origin(self) -> str:
        """Where a deelkaart is opened: a site that shares no storage with the others."""
        return origin_of(self.share_url or sibling(self.public_url, "deel"))

    @property
    def host_names(self) -> frozenset[str]:
        """With keeper and share page: three sites, told apart by name."""
        sites = (self.keeper_origin, self.share_origin)
        return super().host_names | {urlsplit(site).hostname or "" for site in sites}

    @property
    def kiosk_vault(self) -> Path:
        """The sealed file of the trial passport."""
        return self.directory / "kiosk.vault"

    @property
    def cli_vault(self) -> Path:
        """The sealed file that the command line uses unless told otherwise."""
        return self.directory / "cli.vault"
