"""The issuer as an application: settings and doors in, routes out.

settings = IssuerSettings()
app = create_app(settings, signers_of=open_signers(settings), clock=clock, entropy=token_bytes)
"""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from credentials.model import Entropy
from issuer import (
    api,
    authorization_api,
    delivery,
    description,
    events,
    identity,
    operator_api,
    pages,
    publishing,
    reasons,
    statements,
    systems_api,
)
from issuer.demo_office import open_offices
from issuer.installation import FIRST, Installation, SignersOf, keep_organisation
from issuer.keys import api_key, sealing_key
from issuer.pages import authorize
from issuer.pages.frame import TEMPLATES
from issuer.settings import IssuerSettings
from issuer.status_files import RUN_BYTES, StatusFiles
from issuer.status_recovery import recover
from issuer.tables import IssuerTable, JobRow
from service import app as service_app
from service.database import open_database
from service.fetch import Fetcher, Http
from service.guard import MAX_LIST_BYTES
from service.jobs import Handler
from service.mail import mail_handler, open_post, sender_of
from service.migrations import upgrade
from service.pages import Pages
from service.receivers import JOB
from service.sealing import Sealer
from service.webhooks import webhook_handler
from service.workers import Worker, open_outbox, open_worker

FORM_BYTES = 256 * 1024
"""What a form carries around the file of a class list."""


def open_installation(
    settings: IssuerSettings,
    *,
    signers_of: SignersOf,
    clock: Callable[[], datetime],
    entropy: Entropy,
) -> Installation:
    """Bring the database up to date and put the doors together, also for the command line."""
    database = open_database(
        settings.database_url,
        file=settings.directory / "issuer.db",
        durability=settings.durability,
    )
    upgrade(database, "issuer", models=IssuerTable.metadata)
    with database.transaction() as session:
        keep_organisation(
            session,
            settings,
            organisation_id=FIRST,
            slug="",
            name=settings.organisation,
            roles=settings.roles,
        )
    status_files = StatusFiles(settings.directory / "status", entropy(RUN_BYTES).hex())
    recover(database, status_files, at=clock())
    installation = Installation(
        settings=settings,
        database=database,
        sealer=Sealer(sealing_key(settings, entropy), entropy),
        signers_of=signers_of,
        status_files=status_files,
        outbox=open_outbox(database, JobRow, clock=clock, entropy=entropy),
        clock=clock,
        entropy=entropy,
    )
    if settings.demo:
        open_offices(installation)
    return installation


def worker_of(installation: Installation, http: Http) -> Worker:
    """Who does what was put into the outbox; ``http`` carries events to their receivers."""
    handlers: dict[str, Handler] = {}
    post = open_post(installation.settings)
    if post is not None:
        sender = sender_of(installation.settings, "skillspass")
        for kind, again in ((delivery.MAIL, False), (delivery.REMINDER, True)):
            letters = delivery.letter_maker(installation, again=again)
            handlers[kind] = mail_handler(post, sender, letters, clock=installation.clock)
    handlers[statements.END_OF_WAIT] = statements.end_of_wait(installation)
    told = events.told(installation)
    handlers[JOB] = webhook_handler(
        http, told.delivery_of, clock=installation.clock, on_gone=told.switch_off
    )
    return open_worker(installation.outbox, handlers, name="issuer")


def create_app(
    settings: IssuerSettings,
    *,
    signers_of: SignersOf,
    clock: Callable[[], datetime],
    entropy: Entropy,
    http: Http | None = None,
) -> FastAPI:
    """Build the issuer.

    Args:
        settings: checked already.
        signers_of: each organisation's keys (``issuer.keys.open_signers``).
        clock: the present moment, aware UTC.
        entropy: ``secrets.token_bytes``, or what a test counts.
        http: how events reach their receivers; the guarded client where left out.
    """
    installation = open_installation(settings, signers_of=signers_of, clock=clock, entropy=entropy)
    app = service_app.create_app(
        "issuer",
        settings=settings,
        routers=[
            identity.router,
            api.well_known,
            api.router,
            authorization_api.router,
            authorize.router,
            description.router,
            systems_api.router,
            operator_api.router,
            publishing.router,
            reasons.router,
            pages.router,
        ],
        pages=Pages(TEMPLATES),
        clock=clock,
        protocol_paths=api.PROTOCOL_PATHS,
        open_paths=api.OPEN_PATHS,
        body_limits={"/api/lists": MAX_LIST_BYTES, "/lists": MAX_LIST_BYTES + FORM_BYTES},
    )
    for part in (
        api.router,
        authorization_api.router,
        authorize.router,
        publishing.router,
        reasons.router,
    ):
        app.include_router(part, prefix="/o/{slug}")
    app.state.installation = installation
    door = http or Fetcher(
        dev_origins=settings.dev_origins, own_addresses=settings.own_addresses, clock=clock
    )
    app.state.api_key = api_key(settings, entropy)
    app.state.workers = [worker_of(installation, door), publishing.rounds(installation)]
    app.state.linkages = identity.Linkages()
    return app
