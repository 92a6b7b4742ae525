"""The verifier, put together: ask a question, take one answer, show a verdict in four parts."""

from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from sqlmodel import Session

from credentials.certificates import write_chain
from credentials.dids.web import did_web
from credentials.errors import MalformedError, RejectedError
from credentials.keys import Signer
from credentials.limits import MAX_TOKEN_BYTES
from credentials.model import Entropy
from credentials.openid4vc.request import client_id_of, client_id_of_certificate
from service import app as application
from service.clock import Clock
from service.database import open_database
from service.fetch import Http
from service.migrations import upgrade
from service.pages import Pages
from service.receivers import JOB, Receivers
from service.sealing import Sealer
from service.secret_files import kept_secret
from service.webhooks import webhook_handler
from service.workers import open_outbox, open_worker
from verifier import (
    check_api,
    deliveries,
    description,
    keys,
    organisations,
    pages,
    protocol_api,
    request_events,
    sweeping,
)
from verifier.batches import Batches
from verifier.documents import Documents
from verifier.key_uses import KeyUses
from verifier.own_rules import own_rules
from verifier.ports import Ports
from verifier.requests import Asker
from verifier.results import MAX_RESULTS, RESULT_LIFE, Results
from verifier.settings import VerifierSettings
from verifier.short_memory import ShortMemory
from verifier.tables import Event, JobRow, Organisation, Receiver, VerifierTable
from verifier.trust import anchor_of
from verifier.uploads import MAX_UPLOAD_BYTES

DEMO_FIRM = "Staalbouw De Schelde (fictief)"
"""The firm of the trial, which was looked up."""

MAX_PAGE_BODY = MAX_TOKEN_BYTES + MAX_UPLOAD_BYTES
"""A form may hold one proof as text and one as a file, with the other fields in what is left."""


def create_app(
    settings: VerifierSettings, *, signer: Signer, fetch: Http, clock: Clock, entropy: Entropy
) -> FastAPI:
    """Build the verifier.

    The signer's algorithm is ES256 and its key id the DID URL of our document; ``fetch`` is the
    guarded fetcher.

    Raises:
        RejectedError: ``config_identifier``: protocols need an https origin;
            ``config_trust_anchor``.
    """
    asker = asker_of(settings, keys.open_certificates(settings, signer, clock=clock))
    database = open_database(
        settings.database_url,
        file=settings.directory / "verifier.db",
        durability=settings.durability,
    )
    upgrade(database, "verifier", models=VerifierTable.metadata)
    with database.transaction() as session:
        _keep_firms(session, settings, entropy=entropy, at=clock())
    sealer = Sealer(kept_secret(settings.directory / "sealing.key", entropy), entropy)
    outbox = open_outbox(database, JobRow, clock=clock, entropy=entropy)
    told = Receivers(Receiver, Event, outbox, sealer, clock, entropy, settings.dev_origins)
    app = application.create_app(
        "verifier",
        settings=settings,
        routers=[*description.ROUTERS, protocol_api.router, description.router, pages.router],
        pages=Pages(Path(__file__).parent / "templates"),
        clock=clock,
        protocol_paths=("/oid4vp/",),
        open_paths=("/oid4vp/", "/.well-known/"),
        shared_paths={"/api/check": settings.share_origins},
        body_limits={"/check": MAX_PAGE_BODY, "/api/checks": check_api.MAX_BATCH_BYTES},
    )
    app.state.ports = Ports(
        settings=settings,
        asker=asker,
        signer=signer,
        database=database,
        http=fetch,
        documents=Documents(fetch.get_body, database, clock),
        anchor=anchor_of(settings),
        reports=ShortMemory(life=RESULT_LIFE, most=MAX_RESULTS),
        results=Results(entropy),
        batches=Batches(stopping=app.state.stopping),
        sealer=sealer,
        told=told,
        clock=clock,
        entropy=entropy,
        api_key=keys.api_key(settings),
        rules=own_rules(settings),
    )
    app.state.lines = request_events.Lines()
    app.state.uses = KeyUses(database, clock)
    telling = webhook_handler(fetch, told.delivery_of, clock=clock, on_gone=told.switch_off)
    app.state.workers = [
        open_worker(outbox, {JOB: deliveries.noted(telling, database, clock)}, name="verifier"),
        sweeping.rounds(app.state.ports),
    ]
    return app


def _keep_firms(
    session: Session, settings: VerifierSettings, *, entropy: Entropy, at: datetime
) -> None:
    """The firm that runs this, and in a trial one that signs in with one click."""
    organisations.keep_own(
        session,
        settings.client_name,
        kvk=settings.client_kvk,
        checked=settings.client_checked,
        entropy=entropy,
        at=at,
    )
    if settings.demo and session.get(Organisation, organisations.DEMO) is None:
        row = organisations.add(
            session,
            DEMO_FIRM,
            kvk="00000002",
            entropy=entropy,
            at=at,
            organisation_id=organisations.DEMO,
        )
        organisations.check(session, row.id, by="kvk", at=at)


def asker_of(settings: VerifierSettings, chain: tuple[bytes, ...]) -> Asker:
    """How the verifier of these settings presents itself, with its certificate where it has one.

    Raises:
        RejectedError: ``config_identifier``; ``config_certificate``: requests are to be made under
            a certificate, and there is none.
    """
    try:
        did = did_web(settings.identifier)
    except (MalformedError, RejectedError) as error:
        raise RejectedError("config_identifier", "VERIFIER_IDENTIFIER: an https origin") from error
    names = [client_id_of(did), *(client_id_of_certificate(leaf) for leaf in chain[:1])]
    usual = [name for name in names if name.startswith(f"{settings.client_id_prefix}:")]
    if not usual:
        raise RejectedError("config_certificate", "VERIFIER_CERTIFICATE_FILE: none is named")
    return Asker(
        client_id=usual[0],
        other_client_ids=tuple(name for name in names if name != usual[0]),
        origin=settings.identifier,
        name=settings.client_name,
        wallet_link=f"{settings.wallet_url}/present",
        web_link=f"{settings.web_wallet_url}/v" if settings.web_wallet_url else "",
        x5c=tuple(write_chain(chain)),
    )
