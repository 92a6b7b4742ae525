"""The trial on one machine: which fictional https names stand for which local ports."""

from collections.abc import Mapping

DOMAIN = "skillspass.example"
"""Reserved by RFC 2606: nobody can own these names, so no document of the trial is a real one."""

PORTS: Mapping[str, int] = {"trust": 8000, "issuer": 8001, "wallet": 8002, "verifier": 8003}
"""First label of the name, to the port it is served on."""


SHARES = "deel"
"""Label of the site beside the wallet where a deelkaart is opened."""


def identifier(label: str) -> str:
    """The https origin of one service in the trial."""
    return f"https://{label}.{DOMAIN}"


LIST = f"{identifier('trust')}/list.jwt"
"""Where the trial publishes its sector list."""


def local_origins(ports: Mapping[str, int] = PORTS) -> dict[str, str]:
    """The development origins of all services: exact https origin to exact local origin.

    Args:
        ports: other ports, where the journey runs on free ones.
    """
    local = {identifier(label): f"http://localhost:{port}" for label, port in ports.items()}
    if "wallet" in ports:
        local[identifier(SHARES)] = f"http://{SHARES}.localhost:{ports['wallet']}"
    return local


def public_origin(label: str, public: str) -> str:
    """The origin of one service behind a real domain: its label before the domain's name.

    Args:
        label: ``trust`` is the domain itself, where the first page lives.
        public: the domain as an https origin.
    """
    scheme, _, name = public.rstrip("/").partition("://")
    return public.rstrip("/") if label == "trust" else f"{scheme}://{label}.{name}"
