"""What every role is told at its start: addresses, where its files live, whom it trusts."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from credentials.encoding import parse_json_object
from credentials.errors import CredentialError, RejectedError
from credentials.keys import PublicKey, public_key_from_jwk
from service import demo
from service.durability import Durability
from service.hsm import open_token
from service.keystore import MACHINE_MADE, SigningKeys, open_keystore
from service.secret_files import kept_secret

ANCHOR_FILE = Path("trust") / "anchor.json"
"""In ``var``: the public key of a trial's sector list, left there by who makes the list."""

LOOPBACK_NAMES = frozenset({"localhost"})
"""Names that, with all below them, are this machine by definition (RFC 6761, section 6.3)."""


def is_loopback(host: str) -> bool:
    """Whether a bare host name or address can only be reached from this machine."""
    if host.lower().rpartition(".")[2] in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as browsers write them: no path, no default port.

    Raises:
        RejectedError: ``config_url``: it is no http or https URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RejectedError("config_url", "not a URL") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RejectedError("config_url", "an http or https URL is asked")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, default} else f":{port}")


def sibling(url: str, name: str) -> str:
    """The site of that name beside another: ``deel.example.nl`` for ``wallet.example.nl``."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port is not None else ""
    if is_loopback(host):
        return f"http://{name}.localhost{port}"
    return f"{parts.scheme}://{name}.{host.partition('.')[2] or host}{port}"


def check_dev_origins(dev_origins: dict[str, str], *, own_addresses: tuple[str, ...]) -> None:
    """Development origins lead from exact https origins to this machine, seen only by itself.

    Args:
        dev_origins: from exact https origin to exact http origin.
        own_addresses: every host name or address at which the service can be reached.

    Raises:
        RejectedError: ``config_dev_origins``: a form that is not exact, or a service that
            others can reach: to them such a list would be a door into this machine.
    """
    for public, local in dev_origins.items():
        if public != origin_of(public) or not public.startswith("https://"):
            raise RejectedError("config_dev_origins", "from: an exact https origin is asked")
        if local != origin_of(local) or not local.startswith("http://"):
            raise RejectedError("config_dev_origins", "to: an exact http origin is asked")
        if not is_loopback(urlsplit(local).hostname or ""):
            raise RejectedError("config_dev_origins", "to: only this machine itself")
    reachable = [address for address in own_addresses if not is_loopback(address)]
    if dev_origins and reachable:
        raise RejectedError("config_dev_origins", f"the service can be reached at {reachable[0]}")


class RoleSettings(BaseSettings):
    """The settings all roles have in common; a role's own class sets ``role`` and ``env_prefix``.

    Attributes:
        role: the first label of its name in a trial; empty where there is none.
        host: the address to listen on.
        port: the port to listen on.
        public_url: the address that links and codes for people carry.
        identifier: the https origin that protocols and signed documents carry.
        var: the directory of this service's own files.
        database_url: None is a SQLite file in ``var``.
        durability: what a commit has survived when it is acknowledged: ``full`` or ``normal``.
        dev_origins: exact https origin to exact http origin on this machine; see
            ``check_dev_origins``.
        demo: fictional people and fixed keys are allowed.
        trust_list_url: where the sector's list of issuers is published.
        trust_anchor: the public JWK that must have signed that list, as JSON text.
        passphrase: opens the key file; None: made once and kept beside it, in a trial alone.
        key_backend: where the signing keys live: in the key file, or in a hardware token.
        pkcs11_module: the library of that token.
        pkcs11_token: its label.
        pkcs11_pin: of its user.
        smtp_url: where letters are handed in (``service.mail_servers.read_server``); without it a
            trial keeps them in a mailbox of its own, and any other service sends none.
        mail_from: who letters are from, ``Name <address>``.
        mail_reply_to: where answers go; empty: to ``mail_from``.
        behind_proxy: a proxy of our own adds the caller's address to ``X-Forwarded-For``.
        rate_limits: False for a measurement alone.
        production: refuses everything that only a trial may do.
    """

    role: ClassVar[str] = ""
    model_config = SettingsConfigDict(extra="ignore", validate_default=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    identifier: str = ""
    var: Path = Field(default_factory=lambda: Path(os.environ.get("SKILLSPASS_VAR", "var")))
    database_url: str | None = None
    durability: Durability = Durability.FULL
    dev_origins: dict[str, str] = Field(default_factory=dict)
    demo: bool = False
    trust_list_url: str | None = None
    trust_anchor: str | None = None
    passphrase: SecretStr | None = None
    key_backend: Literal["file", "pkcs11"] = "file"
    pkcs11_module: Path | None = None
    pkcs11_token: str | None = None
    pkcs11_pin: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str = ""
    mail_reply_to: str = ""
    behind_proxy: bool = False
    rate_limits: bool = True
    production: bool = False

    @model_validator(mode="before")
    @classmethod
    def _demo_or_not(cls, given: Any) -> Any:  # noqa: ANN401 - what pydantic hands over
        """Production is never a demo; a demo that nobody placed elsewhere has the demo's names."""
        if not isinstance(given, dict) or not cls.role:
            return given
        values = dict(given)
        if values.get("production"):
            values.setdefault("demo", False)
        placed = values.get("public_url") or values.get("identifier")
        if values.get("demo", cls.model_fields["demo"].default) and not placed:
            values["identifier"] = demo.identifier(cls.role)
            if is_loopback(str(values.get("host", "127.0.0.1"))):
                values.setdefault("dev_origins", demo.local_origins())
                values.setdefault("trust_list_url", demo.LIST)
        return values

    @model_validator(mode="after")
    def _fill_and_check(self) -> Self:
        # object.__setattr__ would skip pydantic's bookkeeping; the dictionary keeps it
        self.__dict__["public_url"] = origin_of(self.public_url or f"http://localhost:{self.port}")
        self.__dict__["identifier"] = origin_of(self.identifier or self.public_url)
        check_dev_origins(self.dev_origins, own_addresses=self.own_addresses)
        if self.production and (self.demo or self.dev_origins):
            raise RejectedError("config_production", "no demo and no dev_origins in production")
        if self.demo and self.trust_list_url == demo.LIST and self.trust_anchor is None:
            self._take_anchor()
        return self

    def _take_anchor(self) -> None:
        """Believe the list that this trial made; before the first one there is none."""
        file = self.var / ANCHOR_FILE
        if file.is_file():
            self.__dict__["trust_anchor"] = file.read_text("utf-8")
        else:
            self.__dict__["trust_list_url"] = None

    @property
    def directory(self) -> Path:
        """Where this service's own files live."""
        return self.var / self.role

    @property
    def anchor(self) -> PublicKey | None:
        """The key that must have signed the list of issuers; None where no list is configured.

        Raises:
            RejectedError: ``config_trust_anchor``: only one of list and key, or no public key.
        """
        if not self.trust_list_url and not self.trust_anchor:
            return None
        if not self.trust_list_url or not self.trust_anchor:
            raise RejectedError("config_trust_anchor", "list address and anchor go together")
        try:
            return public_key_from_jwk(parse_json_object(self.trust_anchor))
        except CredentialError as error:
            raise RejectedError("config_trust_anchor", error.code) from error

    def keystore(self) -> SigningKeys:
        """The signing keys of this service: its hardware token, or its file, made at first use.

        Raises:
            RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``;
                ``config_hsm``.
        """
        if self.key_backend == "pkcs11":
            return open_token(self.pkcs11_module, self.pkcs11_token, self.pkcs11_pin)
        file = self.directory / "keys.json"
        if self.passphrase is not None:
            return open_keystore(file, self.passphrase.get_secret_value())
        if self.production:
            raise RejectedError("config_passphrase", f"{self.role.upper()}_PASSPHRASE is not set")
        made = kept_secret(self.directory / "passphrase").hex()
        return open_keystore(file, made, cost=MACHINE_MADE)

    @property
    def host_names(self) -> frozenset[str]:
        """The names that the service answers to; a role with sites of its own adds theirs."""
        urls = (self.public_url, self.identifier)
        return frozenset(urlsplit(url).hostname or "" for url in urls)

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Every host at which this service can be reached."""
        return (self.host, urlsplit(self.public_url).hostname or "")

    @property
    def is_local(self) -> bool:
        """True when only this machine can reach the service: a phone cannot."""
        return all(is_loopback(address) for address in self.own_addresses)

    @property
    def is_secure(self) -> bool:
        """True when people reach the service over https."""
        return self.public_url.startswith("https://")
