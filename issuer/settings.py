"""Settings of the issuer, from the environment (``ISSUER_...``) with the demo's as defaults."""

from typing import ClassVar

from pydantic import Field, JsonValue, SecretStr
from pydantic_settings import SettingsConfigDict

from service import demo
from service.settings import RoleSettings

DEMO_ORIGIN = demo.identifier("issuer")
"""The demo's name on the wire; development origins lead from it to this machine."""

DEMO_ROLES = frozenset(
    {
        *("examining_body", "exam_centre", "training_provider"),
        *("school", "training_company_with_school", "evc_provider"),
    }
)
"""A training institute that also takes exams; it is nobody's employer."""


def _is_on(value: object) -> bool:
    """What pydantic will make of a flag that may still be text from the environment."""
    return str(value).lower() in {"true", "1", "yes", "on", "t", "y"}


class IssuerSettings(RoleSettings):
    """Who issues, and where its holders and files are.

    Attributes:
        organisation: the name people read.
        wallet_url: origin of the wallet that links and codes open, by ``/receive``.
        web_wallet_url: origin of the wallet in the browser, by ``/o#``; links open it first.
        verifier_url: origin of the verifier that the code on a paper certificate leads to.
        api_key: what an operator's program shows; None: made once and kept in ``directory``.
        roles: what the organisation is, in the words of ``may_issue`` of the types.
        fixed: values fixed for a whole class, by type id and claim; they go before the demo's.
        attesters: providers of wallets whose attestations are believed: ``iss`` to public JWKs.
        high_assurance: attested wallets, bound tokens and attested keys alone, in every flow.
        figures: administrators see how many proofs were given each quarter (``issuer.figures``).
    """

    role: ClassVar[str] = "issuer"
    model_config = SettingsConfigDict(env_prefix="ISSUER_")

    port: int = Field(default=8001, ge=0, le=65535)
    demo: bool = True
    organisation: str = "Vakschool De Lasboog"
    wallet_url: str = "http://localhost:8002"
    web_wallet_url: str = ""
    verifier_url: str = "http://localhost:8003"
    api_key: SecretStr | None = None
    roles: frozenset[str] = DEMO_ROLES
    fixed: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    attesters: dict[str, list[dict[str, JsonValue]]] = Field(default_factory=dict)
    high_assurance: bool = False
    figures: bool = False
