"""The institute's screens, one module for each part of the office."""

from fastapi import APIRouter

from issuer.pages import kinds, offers, people, sign_in, start

router = APIRouter(include_in_schema=False)
for part in (sign_in, start, kinds, people, offers):
    router.include_router(part.router)
