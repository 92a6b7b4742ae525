"""Check a credential of the worker's own: the same engine, and the same answer, as a verifier."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from credentials.errors import CredentialError
from credentials.findings import Check, Outcome, Part, Verdict
from credentials.formats import FORMATS
from credentials.issuer_checks import ONE_TIME
from credentials.model import Wire
from credentials.verification import Expectations, HolderCheck, Policy, check
from schemas import catalog
from wallet.holder.outside import Outside, quietly


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict about a credential that nobody presents.

    Attributes:
        listed: whether the trust list has its issuer; if not, its own document was asked.
    """

    verdict: Verdict
    listed: bool

    @property
    def problem(self) -> str | None:
        """Why it may not be kept or shown as good, as a code; None where it may."""
        failed = [each for each in self.verdict.findings if each.outcome is Outcome.FAILED]
        if failed:
            return failed[0].code
        if self.verdict.verified is not None:
            return None
        unknown = [each for each in self.verdict.findings if each.part is Part.AUTHENTIC]
        return next((each.code for each in unknown if each.outcome is not Outcome.PASSED), None)

    @property
    def unknown(self) -> str | None:
        """What could not be checked now, as a code; None where all was.

        Whose a key for one answer is, nobody can check at any time: that says nothing of the proof.
        """
        parts = (Part.AUTHENTIC, Part.ISSUER, Part.VALID)
        return next(
            (
                each.code
                for each in self.verdict.findings
                if each.part in parts
                and each.outcome is Outcome.UNDETERMINED
                and each.code != ONE_TIME
            ),
            None,
        )


def check_own(wire: Wire, format_id: str, *, outside: Outside) -> Checked:
    """Check proof, issuer, dates and status of a credential that we hold or are given."""
    try:
        issuer = FORMATS[format_id].parse(wire).credential.issuer
    except CredentialError:
        issuer = ""  # the check below says what is wrong with it
    sources = outside.sources(issuer)
    listed = sources.trust_list is not None and sources.trust_list.entry(issuer) is not None
    verdict = check(
        wire,
        expected=Expectations(
            policy=Policy.LISTED if listed else Policy.ANY,
            holder=HolderCheck.NONE,
            format=format_id,
            held=True,
            one_time=catalog.one_time_types(),
        ),
        sources=sources,
        at=outside.now(),
    )
    _remember(verdict, issuer, outside)
    return Checked(verdict, listed)


def _remember(verdict: Verdict, issuer: str, outside: Outside) -> None:
    """The status lists that answered: from now on an older one is refused."""
    for each in verdict.findings:
        if each.check is Check.STATUS and "issued_at" in each.facts:
            issued_at = datetime.fromisoformat(each.facts["issued_at"])
            quietly(partial(outside.newest.take, issuer, each.facts["uri"], issued_at))
