"""Settings of the wallet, from the environment (``WALLET_...``) with the demo's as defaults."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from service.settings import RoleSettings


class WalletSettings(RoleSettings):
    """Where vaults lie; the passphrase seals the kiosk's."""

    role: ClassVar[str] = "wallet"
    model_config = SettingsConfigDict(env_prefix="WALLET_")

    port: int = Field(default=8002, ge=0, le=65535)
    demo: bool = True

    @property
    def kiosk_vault(self) -> Path:
        """The sealed file of the trial passport."""
        return self.directory / "kiosk.vault"

    @property
    def cli_vault(self) -> Path:
        """The sealed file that the command line uses unless told otherwise."""
        return self.directory / "cli.vault"
