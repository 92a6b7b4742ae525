"""The institute's screens, one module for each part of the office."""

from fastapi import APIRouter

from issuer.pages import (
    confirmations,
    figures,
    kinds,
    list_giving,
    list_rows,
    lists,
    mailbox,
    offers,
    paper,
    people,
    settings,
    sign_in,
    start,
    systems,
)

router = APIRouter(include_in_schema=False)
for part in (
    sign_in,
    start,
    kinds,
    people,
    lists,
    list_rows,
    list_giving,
    mailbox,
    confirmations,
    systems,
    settings,
    figures,
    offers,
    paper,
):
    router.include_router(part.router)
