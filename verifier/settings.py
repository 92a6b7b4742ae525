"""Settings of the verifier, from the environment (``VERIFIER_...``), the demo's as defaults."""

from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from service import demo
from service.settings import RoleSettings, is_loopback

DEMO_LIST = f"{demo.identifier('trust')}/list.jwt"
"""Where the demo publishes its sector list."""

ANCHOR_FILE = Path("trust") / "anchor.json"
"""In ``var``: the public key of the demo's list, left there by who makes the list."""


class VerifierSettings(RoleSettings):
    """Who asks, which passport its links open, and where its files are.

    Attributes:
        client_name: what the person who is asked may see of us; no more than our own word.
        wallet_url: origin of the passport that links and codes open first.
        api_key: what a firm's program shows; None: made once and kept in ``directory``.
        passphrase: opens the key file; None: made once and kept beside it, in a demo alone.
    """

    model_config = SettingsConfigDict(env_prefix="VERIFIER_")

    port: int = Field(default=8003, ge=0, le=65535)
    demo: bool = True
    client_name: str = Field(default="skillspass", min_length=1, max_length=80)
    wallet_url: str = "http://localhost:8002"
    api_key: SecretStr | None = None
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
            values["identifier"] = demo.identifier("verifier")
            if is_loopback(str(values.get("host", "127.0.0.1"))):
                values.setdefault("dev_origins", demo.local_origins())
                values.setdefault("trust_list_url", DEMO_LIST)
        return values

    @model_validator(mode="after")
    def _anchor_of_the_demo(self) -> Self:
        """The demo's list is made on this machine; its key lies beside the services' files."""
        file = self.var / ANCHOR_FILE
        if self.demo and self.trust_list_url and self.trust_anchor is None and file.is_file():
            self.__dict__["trust_anchor"] = file.read_text("utf-8")
        return self

    @property
    def directory(self) -> Path:
        """Where database, keys and secrets live."""
        return self.var / "verifier"
