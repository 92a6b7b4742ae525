"""What the kiosk's handlers are given, in one frozen value on ``app.state``."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.pages import Pages
from wallet.kiosk import Kiosk
from wallet.settings import WalletSettings


@dataclass(frozen=True, slots=True)
class Ports:
    """The kiosk's ports."""

    settings: WalletSettings
    kiosk: Kiosk
    pages: Pages


def ports_of(request: Request) -> Ports:
    """The ports of the running application."""
    ports: Ports = request.app.state.ports
    return ports


PortsOf = Annotated[Ports, Depends(ports_of)]
