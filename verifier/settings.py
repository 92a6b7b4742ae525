"""Settings of the verifier, from the environment (``VERIFIER_...``), the demo's as defaults."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from service.settings import RoleSettings, origin_of, sibling


class VerifierSettings(RoleSettings):
    """Who asks, which passport its links open, and where its files are.

    Attributes:
        client_name: what the person who is asked may see of us; no more than our own word.
        wallet_url: origin of the passport that links and codes open first.
        api_key: what a firm's program shows; None: made once and kept in ``directory``.
        share_urls: where deelkaarten are opened; empty: ``deel`` beside the passport.
    """

    role: ClassVar[str] = "verifier"
    model_config = SettingsConfigDict(env_prefix="VERIFIER_")

    port: int = Field(default=8003, ge=0, le=65535)
    demo: bool = True
    client_name: str = Field(default="skillspass", min_length=1, max_length=80)
    wallet_url: str = "http://localhost:8002"
    api_key: SecretStr | None = None
    share_urls: tuple[str, ...] = ()

    @property
    def share_origins(self) -> frozenset[str]:
        """The sites whose page may have a deelkaart checked here."""
        return frozenset(
            origin_of(url) for url in self.share_urls or (sibling(self.wallet_url, "deel"),)
        )
