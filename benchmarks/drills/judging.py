"""What a verifier makes of the proofs that people hold after a drill."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import httpx2

from benchmarks.drills.office import TIMEOUT, Office
from credentials.findings import Check, Outcome
from credentials.formats import FORMATS
from credentials.model import Get, Wire
from credentials.verification import Expectations, Policy, Sources, check
from issuer.settings import DEMO_ORIGIN
from service.clock import system_clock


@contextmanager
def served(office: Office) -> Iterator[Get]:
    """What the issuer serves, each address asked for once."""
    kept: dict[str, bytes] = {}
    with httpx2.Client(base_url=office.address, timeout=TIMEOUT) as http:

        def get(url: str) -> bytes:
            if url not in kept:
                kept[url] = http.get(url.removeprefix(DEMO_ORIGIN)).content
            return kept[url]

        yield get


def accepted(wires: Sequence[Wire], get: Get, *, at: datetime | None = None) -> int:
    """How many of these a verifier accepts, now or at another moment."""
    sources = Sources(get, None, lambda _type: None)
    expected = Expectations(policy=Policy.ANY)
    moment = at or system_clock()
    return sum(
        all(
            finding.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE}
            for finding in check(wire, expected=expected, sources=sources, at=moment).findings
        )
        for wire in wires
    )


def places_of(wires: Sequence[Wire]) -> set[tuple[str, int]]:
    """The different places in status lists, by address and index."""
    held = [FORMATS["dc+sd-jwt"].parse(wire).credential for wire in wires]
    return {(one.uri, one.index) for credential in held for one in credential.status}


def revoked(wire: Wire, get: Get) -> bool:
    """Whether a verifier says that a proof was taken back."""
    sources = Sources(get, None, lambda _type: None)
    verdict = check(
        wire, expected=Expectations(policy=Policy.ANY), sources=sources, at=system_clock()
    )
    return any(
        finding.check is Check.STATUS and finding.code == "revoked" for finding in verdict.findings
    )
