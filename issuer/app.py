"""The issuer as an application: settings and doors in, routes out.

settings = IssuerSettings()
app = create_app(settings, signers=open_signers(settings), clock=clock, entropy=token_bytes)
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import FastAPI
from sqlmodel import Session

from credentials.dids.web import did_web
from credentials.keys import Signer
from credentials.model import Entropy
from issuer import api, operator_api, pages, publishing
from issuer.keys import api_key, sealing_key
from issuer.ports import Ports
from issuer.sealing import Sealer
from issuer.settings import IssuerSettings
from issuer.tables import IssuerTable, Organisation
from issuer.templates import templates
from service import app as service_app
from service.database import open_database
from service.guard import MAX_LIST_BYTES
from service.pages import Pages

ORGANISATION = "own"
"""One organisation for each running issuer; rows carry it all the same."""


def open_ports(
    settings: IssuerSettings,
    *,
    signers: Mapping[str, Signer],
    clock: Callable[[], datetime],
    entropy: Entropy,
) -> Ports:
    """Open the database and put the doors together; what the command line uses as well."""
    database = open_database(settings.database_url, file=settings.directory / "issuer.db")
    database.create_all(IssuerTable.metadata)
    did = did_web(settings.identifier)
    with database.transaction() as session:
        _keep_organisation(session, settings.organisation, did)
    return Ports(
        settings=settings,
        database=database,
        signers=signers,
        sealer=Sealer(sealing_key(settings, entropy), entropy),
        templates=templates(settings.roles, fixed=settings.fixed, demo=settings.demo),
        did=did,
        organisation_id=ORGANISATION,
        clock=clock,
        entropy=entropy,
    )


def _keep_organisation(session: Session, name: str, did: str) -> None:
    row = session.get(Organisation, ORGANISATION) or Organisation(
        id=ORGANISATION, name=name, did=did
    )
    row.name, row.did = name, did
    session.add(row)


def create_app(
    settings: IssuerSettings,
    *,
    signers: Mapping[str, Signer],
    clock: Callable[[], datetime],
    entropy: Entropy,
) -> FastAPI:
    """Build the issuer; it fetches nothing, so it needs no door to other services.

    The screens have no sign-in yet: in production they are left out.

    Args:
        settings: checked already.
        signers: by credential format (``issuer.keys.open_signers``).
        clock: the present moment, aware UTC.
        entropy: ``secrets.token_bytes``, or what a test counts.
    """
    ports = open_ports(settings, signers=signers, clock=clock, entropy=entropy)
    routers = [api.router, operator_api.router, publishing.router]
    app = service_app.create_app(
        "issuer",
        settings=settings,
        routers=routers if settings.production else [*routers, pages.router],
        pages=Pages(pages.TEMPLATES),
        clock=clock,
        protocol_paths=api.PROTOCOL_PATHS,
        open_paths=api.OPEN_PATHS,
        body_limits={"/api/lists": MAX_LIST_BYTES},
    )
    app.state.ports = ports
    app.state.api_key = api_key(settings, entropy)
    app.state.publisher = publishing.Publisher(ports)
    return app
