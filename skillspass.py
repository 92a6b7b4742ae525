"""One command line: it wires the roles together and knows nothing else.

Each role owns its verbs in ``<role>/cli.py``; they are imported when they are called, so that
checking a credential starts no web server and opens no database.
"""

import json
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

from service.place import Place

if TYPE_CHECKING:
    from fastapi import FastAPI

    from credentials.trust.listing import ListedKey
    from issuer.ports import Ports as IssuerPorts
    from service.clock import Clock
    from service.fetch import Fetcher
    from service.settings import RoleSettings
    from verifier.demo_list import DemoList
    from wallet.holder.outside import Outside
    from wallet.journey import Parties

ROLE_VERBS = {
    "issue": "issuer.cli",
    "offer": "issuer.cli",
    "sign": "issuer.bulk_cli",
    "offers": "issuer.offers_cli",
    "revoke": "issuer.status_cli",
    "status": "issuer.status_cli",
    "programs": "issuer.programs_cli",
    "organisation": "issuer.organisation_cli",
    "keys": "issuer.keys_cli",
    "audit": "issuer.audit_cli",
    "figures": "issuer.figures_cli",
    "jobs": "issuer.jobs_cli",
    "wallet": "wallet.cli",
    "skills": "wallet.skills_cli",
    "ask": "verifier.cli",
    "answer": "verifier.cli",
    "verify": "verifier.cli",
    "firm": "verifier.firm_cli",
    "trust": "verifier.trust_cli",
    "jose-cose": "verifier.jose_cose",
    "conformance": "verifier.conformance",
}
"""Verb to the module that owns it."""

LOG = "services.log"
"""In ``var``: one line of JSON for each request, without a claim, an address or a token."""

WRONG_USE = 3
"""Exit status of a command line that we do not understand (``service.command_line``)."""

UsageError: Any = typer.BadParameter.__base__  # typer keeps the class itself to itself


class _Verbs(TyperGroup):
    """The verbs of this module and, loaded when asked for, those of the roles."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - the type is private to typer
        """All verbs, for the help text."""
        return [*super().list_commands(ctx), *ROLE_VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """One verb; a role's module is imported only here."""
        if cmd_name not in ROLE_VERBS:
            return super().get_command(ctx, cmd_name)
        group: Any = typer.main.get_command(import_module(ROLE_VERBS[cmd_name]).app)
        return group if group.name == cmd_name else group.commands[cmd_name]


app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="Start the clock at this time (ISO 8601)."),
]
VAR = Path(os.environ.get("SKILLSPASS_VAR", "var"))
"""Where a trial keeps its files."""

DEPLOYMENT = "deployment.json"
"""In ``var``: what ``serve`` chose, so that the other verbs speak of the same services."""


@app.callback()
def start() -> None:
    """Skills credentials: issue them, hold them, check them."""
    _take_deployment()


def _keep_deployment(place: Place) -> None:
    chosen = {label: place.settings(label) for label in ("trust", "issuer", "wallet", "verifier")}
    (place.var / DEPLOYMENT).write_text(json.dumps(chosen, indent=1), encoding="utf-8")


def _take_deployment() -> None:
    """Let the verbs that follow speak of the services that ``serve`` set up; what is set stays."""
    file = VAR / DEPLOYMENT
    if file.is_file():
        for label, settings in json.loads(file.read_text("utf-8")).items():
            for name, value in settings.items():
                text = value if isinstance(value, str) else json.dumps(value)
                os.environ.setdefault(f"{label}_{name}".upper(), text)


@contextmanager
def trial(place: Place) -> Iterator[list["FastAPI"]]:
    """The landing page and the three roles, ready to be served; closed when the block ends."""
    from issuer.app import create_app as create_issuer
    from issuer.keys import open_signers
    from issuer.settings import IssuerSettings
    from service.landing import Doors, create_landing
    from service.log import configure_log
    from service.settings import RoleSettings
    from verifier.app import create_app as create_verifier
    from verifier.demo_list import DemoList
    from verifier.keys import open_signer
    from verifier.settings import VerifierSettings
    from wallet.app import create_app as create_wallet
    from wallet.settings import WalletSettings

    place.var.mkdir(parents=True, exist_ok=True)
    log = (place.var / LOG).open("a", encoding="utf-8", buffering=1)
    configure_log(log)
    sector = DemoList(place.var, clock=place.clock)
    issuing = IssuerSettings(**place.settings("issuer"))
    holding = WalletSettings(**place.settings("wallet"))
    checking = VerifierSettings(**place.settings("verifier"))
    landing = RoleSettings(**place.settings("trust"))
    issuer = create_issuer(
        issuing, signers_of=open_signers(issuing), clock=place.clock, entropy=secrets.token_bytes
    )
    installation = issuer.state.installation
    _enter(sector, installation.organisations())
    sector.enter_verifier(checking.identifier, name=checking.client_name)
    first = create_landing(
        landing,
        doors=Doors(
            give=issuing.public_url, passport=holding.web_origin, check=checking.public_url
        ),
        documents=sector.documents(),
        shown=sector.shown(),
        clock=place.clock,
    )
    doors = [_fetcher(settings, place.clock) for settings in (holding, checking)]
    wallet = create_wallet(holding, fetch=doors[0], clock=place.clock, entropy=secrets.token_bytes)
    verifier = create_verifier(
        checking,
        signer=open_signer(checking),
        fetch=doors[1],
        clock=place.clock,
        entropy=secrets.token_bytes,
    )
    try:
        yield [first, issuer, wallet, verifier]
    finally:
        for door in doors:
            door.close()
        for database in (installation.database, verifier.state.ports.database):
            database.close()
        wallet.state.ports.kiosk.close()
        configure_log()
        log.close()


def _enter(sector: "DemoList", organisations: "Iterable[IssuerPorts]") -> None:
    """Put the organisations of the issuer on the list of the trial, with their keys as they are."""
    from issuer.key_ledger import history

    def keys(ports: "IssuerPorts") -> "tuple[ListedKey, ...]":
        with ports.database.reading() as session:
            return history(session, ports)

    for one in organisations:
        named, host = one.identity.name, not one.identity.slug
        sector.enter(one.did, name=named, keys=partial(keys, one), hosts_status=host)


def _fetcher(settings: "RoleSettings", clock: "Clock") -> "Fetcher":
    from service.fetch import Fetcher

    return Fetcher(
        dev_origins=settings.dev_origins, own_addresses=settings.own_addresses, clock=clock
    )


def _clock(at: str | None) -> "Clock":
    """The machine's clock, or one that starts at ``at`` and ticks on."""
    from service.clock import clock_from, system_clock
    from service.command_line import moment

    start = moment(at)
    return clock_from(start) if start else system_clock


@app.command()
def serve(
    *,
    public: Annotated[
        str | None, typer.Option(metavar="URL", help="The https address where others reach you.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=1, max=65_532, help="The first page's port; the others follow.")
    ] = 8000,
    at: AtOption = None,
) -> None:
    """Start the landing page and the three services with demo data, until Ctrl-C."""
    from issuer.demo_office import fill
    from issuer.installation import FIRST
    from service import demo, serving

    ports = {label: port + offset for offset, label in enumerate(demo.PORTS)}
    place = Place(var=VAR, ports=ports, public=public, clock=_clock(at))
    with trial(place) as apps:
        _keep_deployment(place)
        fill(apps[1].state.installation.ports(FIRST))

        def ready() -> None:
            """Say where each of them is."""
            for one in apps:
                known = one.state.settings
                typer.echo(
                    f"{one.title:<9} {getattr(known, 'web_origin', known.public_url)}", err=True
                )
            typer.echo(f"Log: {place.var / LOG}. Ctrl-C stops them all.", err=True)

        serving.serve([serving.seat(one) for one in apps], ready=ready)
    typer.echo("Stopped.", err=True)


@app.command()
def journey(
    *,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many people.")] = 55,
    at: AtOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output.")
    ] = False,
) -> None:
    """Make the complete journey over HTTP, attacks included.

    It uses the services that are running, or starts its own on free ports.
    """
    from service.command_line import DONE, REFUSED, language, plain_errors, print_json, say
    from wallet.journey import Step
    from wallet.journey import run as travel

    def progress(step: Step) -> None:
        told = say(f"wallet.journey.{step.name}", count=step.count)
        typer.echo(f"{step.seconds:7.2f} s  {told}", err=True)

    with plain_errors(as_json=as_json), _travelled(at) as (parties, outside):
        class_list = (Path(__file__).parent / "issuer" / "demo" / "trainees.csv").read_text("utf-8")
        report = travel(
            parties, class_list=class_list, count=count, outside=outside, progress=progress
        )
    document = report.as_json()
    if as_json:
        print_json(document)
    else:
        from wallet.journey.telling import lines

        for line in lines(report, language=language()):
            typer.echo(line)
    raise typer.Exit(DONE if report.ok else REFUSED)


@contextmanager
def _travelled(at: str | None) -> Iterator[tuple["Parties", "Outside"]]:
    """The parties of a journey: those that run here, or new ones in a folder of their own."""
    from service import demo, serving

    with ExitStack() as stack:
        running = _running_ports() if at is None else None
        if running is not None:
            place = Place(VAR, running, public=None, clock=_clock(None))
        else:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="skillspass-")))
            ports = dict(zip(demo.PORTS, serving.free_ports(len(demo.PORTS)), strict=True))
            place = Place(folder, ports, public=None, clock=_clock(at))
            apps = stack.enter_context(trial(place))
            stack.enter_context(serving.running([serving.seat(one) for one in apps]))
        yield _parties(place, stack)


def _running_ports() -> dict[str, int] | None:
    """The ports of the services that ``serve`` set up here; None where not all of them answer."""
    import socket

    if not (VAR / DEPLOYMENT).is_file():
        return None
    chosen = json.loads((VAR / DEPLOYMENT).read_text("utf-8"))
    if not chosen["issuer"]["dev_origins"]:
        return None  # in public: a journey would fill real addresses with fictional people
    ports = {label: int(settings["port"]) for label, settings in chosen.items()}
    for port in ports.values():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return None
    return ports


def _parties(place: Place, stack: ExitStack) -> tuple["Parties", "Outside"]:
    """What a traveller knows: addresses, the two keys for programs, and the world of a holder."""
    from issuer.keys import api_key as issuer_key
    from issuer.settings import IssuerSettings
    from verifier.keys import api_key as verifier_key
    from verifier.settings import VerifierSettings
    from wallet.holder.outside import Outside
    from wallet.journey import Parties
    from wallet.settings import WalletSettings
    from wallet.trust import TrustSource

    issuing = IssuerSettings(**place.settings("issuer"))
    holding = WalletSettings(**place.settings("wallet"))
    checking = VerifierSettings(**place.settings("verifier"))
    http = _fetcher(holding, place.clock)
    stack.callback(http.close)
    trust = TrustSource(holding, http=http, clock=place.clock, verifiers=holding.verifier_list_url)
    parties = Parties(
        http,
        issuing.identifier,
        checking.identifier,
        issuer_key(issuing, secrets.token_bytes),
        verifier_key(checking),
    )
    chance, known = secrets.token_bytes, trust.known
    return parties, Outside(http=http, trust=trust, now=place.clock, entropy=chance, known=known)


def main() -> None:
    """Run one verb; the exit status is 0, 1 refused, 2 undetermined, 3 wrong use."""
    command = typer.main.get_command(app)
    try:
        status = command.main(standalone_mode=False)
    except typer.Abort:
        sys.exit(WRONG_USE)
    except UsageError as error:
        error.show()
        sys.exit(WRONG_USE)
    sys.exit(status if isinstance(status, int) else 0)
