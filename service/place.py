"""Where the services of one trial live, and what each of them is told about the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service import demo
from service.clock import Clock
from service.settings import sibling


@dataclass(frozen=True, slots=True)
class Place:
    """Where the services of one trial live.

    Attributes:
        var: their files.
        ports: by label: trust, issuer, wallet, verifier.
        public: the domain as an https origin, where others can reach them.
        clock: the one clock of them all.
    """

    var: Path
    ports: Mapping[str, int]
    public: str | None
    clock: Clock

    def settings(self, label: str) -> dict[str, Any]:
        """What one service is told; the rest comes from its environment and defaults."""

        def origin(one: str) -> str:
            return demo.public_origin(one, self.public) if self.public else demo.identifier(one)

        def address(one: str) -> str:
            return origin(one) if self.public else f"http://localhost:{self.ports[one]}"

        kiosk = origin("kiosk") if self.public else address("wallet")
        common: dict[str, Any] = {
            "port": self.ports[label],
            "public_url": kiosk if label == "wallet" else address(label),
            "identifier": origin(label),
            "var": str(self.var),
            "dev_origins": {} if self.public else demo.local_origins(self.ports),
            "demo": True,
        }
        if label in {"wallet", "verifier"}:
            common["trust_list_url"] = f"{origin('trust')}/list.jwt"
            common["trust_anchor"] = (self.var / "trust" / "anchor.json").read_text("utf-8")
        if label == "wallet":
            common["verifier_list_url"] = f"{origin('trust')}/verifiers.jwt"
        if label in {"issuer", "verifier"}:
            common |= {"wallet_url": kiosk, "web_wallet_url": sibling(kiosk, "wallet")}
        if label in {"issuer", "wallet"}:
            common["verifier_url"] = address("verifier")
        return common
