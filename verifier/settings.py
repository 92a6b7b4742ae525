"""Settings of the verifier, from the environment (``VERIFIER_...``), the demo's as defaults."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from service.settings import RoleSettings, origin_of, sibling


class VerifierSettings(RoleSettings):
    """Who asks, which passport its links open, and where its files are.

    Attributes:
        client_name: what the person who is asked may see of us; no more than our own word.
        client_checked: whoever runs this looked the firm up, by its domain or its number; only
            then do its programs' requests carry its name and may ask more than skills.
        client_kvk: its number in the trade register, where that was looked up.
        client_id_prefix: under which kind of name requests are made where nobody chooses.
        certificate_file: PEM: our certificate over the key for requests, and what stands above it.
        wallet_url: origin of the passport that links and codes open, by ``/present``.
        web_wallet_url: origin of the passport in the browser, by ``/v#``; links open it first.
        api_key: what a firm's program shows; None: made once and kept in ``directory``.
        share_urls: where deelkaarten are opened; empty: ``deel`` beside the passport.
        house_rules: our own greatest age in months of certificates that no law ends, by type.
        policy: the rules that every proof is held against: a name, or a file with rules of our own.
        accreditations: files with credentials of the sector's body, which count beside the list.
        figures: count how questions were answered each quarter, and no more (``verifier.figures``).
    """

    role: ClassVar[str] = "verifier"
    model_config = SettingsConfigDict(env_prefix="VERIFIER_")

    port: int = Field(default=8003, ge=0, le=65535)
    demo: bool = True
    client_name: str = Field(default="skillspass", min_length=1, max_length=80)
    client_checked: bool = False
    client_kvk: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    client_id_prefix: Literal["decentralized_identifier", "x509_hash"] = "decentralized_identifier"
    certificate_file: Path | None = None
    wallet_url: str = "http://localhost:8002"
    web_wallet_url: str = ""
    api_key: SecretStr | None = None
    share_urls: tuple[str, ...] = ()
    house_rules: dict[str, Annotated[int, Field(ge=1, le=600)]] = Field(default_factory=dict)
    policy: str = Field(default="listed", min_length=1, max_length=1000)
    accreditations: tuple[Path, ...] = ()
    figures: bool = False

    @property
    def identifier_host(self) -> str:
        """The host of our identifier."""
        return urlsplit(self.identifier).hostname or ""

    @property
    def share_origins(self) -> frozenset[str]:
        """The sites whose page may have a deelkaart checked here."""
        return frozenset(
            origin_of(url) for url in self.share_urls or (sibling(self.wallet_url, "deel"),)
        )
