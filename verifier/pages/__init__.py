"""The recruiter's screens: check, ask, read the verdict; no account, no script (house rule 23)."""

from fastapi import APIRouter

from verifier.pages import asking, firms, gate, many, opening, results, start, systems

router = APIRouter()
for _part in (start, firms, systems, asking, opening, results, many, gate):
    router.include_router(_part.router)
