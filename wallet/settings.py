"""Settings of the wallet, from the environment (``WALLET_...``) with the demo's as defaults."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from service.settings import RoleSettings

DEMO_ORIGIN = "https://wallet.skillspass.example"
"""The demo's name on the wire; development origins lead from it to this machine."""


class WalletSettings(RoleSettings):
    """Where the kiosk's passport lies and what opens it.

    Attributes:
        passphrase: seals the vault; None: made once and kept beside it, in a demo alone.
    """

    model_config = SettingsConfigDict(env_prefix="WALLET_")

    port: int = Field(default=8002, ge=0, le=65535)
    demo: bool = True
    passphrase: SecretStr | None = None

    @model_validator(mode="before")
    @classmethod
    def _demo_or_not(cls, given: Any) -> Any:  # noqa: ANN401 - what pydantic hands over
        """Production is never a demo; a demo that people reach here has the demo's name."""
        if not isinstance(given, dict):
            return given
        values = dict(given)
        if values.get("production"):
            values.setdefault("demo", False)
        if values.get("demo", True) and not (values.get("public_url") or values.get("identifier")):
            values["identifier"] = DEMO_ORIGIN
        return values

    @property
    def directory(self) -> Path:
        """Where vaults and their passphrase live."""
        return self.var / "wallet"

    @property
    def kiosk_vault(self) -> Path:
        """The sealed file of the trial passport."""
        return self.directory / "kiosk.vault"

    @property
    def cli_vault(self) -> Path:
        """The sealed file that the command line uses unless told otherwise."""
        return self.directory / "cli.vault"
