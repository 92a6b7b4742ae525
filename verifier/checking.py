"""One presentation, one report: the kernel's check with the verifier's sources and policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from credentials.encoding import JsonObject
from credentials.findings import Check, Finding, Outcome, Verdict
from credentials.issuer_checks import ONE_TIME
from credentials.model import Binding, Get, Wire
from credentials.openid4vc.dcql import CredentialQuery
from credentials.verification import Expectations, HolderCheck, Policy, Sources, check
from schemas import catalog
from verifier.asked_claims import only_asked
from verifier.certificate_standing import HouseRules, stand
from verifier.clock_check import doubt_times
from verifier.policies import POLICIES, TrustPolicy
from verifier.trust import Listing
from verifier.verdicts import Report


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the outside world says at this moment.

    Attributes:
        get: the guarded fetcher, for DID documents and status lists.
        listing: the sector's list, or why there is none.
        status_seen: the date of the newest status list accepted from an address.
        offset: how far our clock is ahead of another that we can read; None where there is none.
        house_rules: of the firm that checks.
        identities: its DIDs and its name; empty where nobody looked it up.
        rules: of whoever runs this, where nobody chose others.
    """

    get: Get
    listing: Listing
    status_seen: Callable[[str], datetime | None]
    offset: timedelta | None = None
    house_rules: HouseRules = field(default_factory=dict)
    identities: frozenset[str] = frozenset()
    rules: TrustPolicy = POLICIES[Policy.LISTED]


def check_live(
    wire: Wire,
    *,
    query: CredentialQuery,
    binding: Binding,
    around: Surroundings,
    at: datetime,
    query_name: str,
) -> Report:
    """Check the answer to one of our own requests; all four questions are asked."""
    expected = Expectations(
        policy=around.rules.policy,
        binding=binding,
        holder=HolderCheck.LIVE,
        query=query,
        format=query.format,
        may_issue=around.rules.may_issue,
    )
    report = examine(wire, expected=expected, around=around, at=at)
    return replace(report, query_name=query_name, policy=around.rules)


def check_loose(
    wire: Wire,
    *,
    around: Surroundings,
    at: datetime,
    policy: Policy | TrustPolicy | None = None,
    binding: Binding | None = None,
) -> Report:
    """Check a proof or presentation that came without a request of ours.

    ``policy`` is one that has a name, or whole rules of a firm; None: those of whoever runs this.
    ``binding`` says for whom and in answer to what it was made, where the caller knows.
    """
    rules = POLICIES[policy] if isinstance(policy, Policy) else policy or around.rules
    expected = Expectations(
        policy=rules.policy,
        binding=binding,
        holder=HolderCheck.NONE if binding is None else HolderCheck.LIVE,
        may_issue=rules.may_issue,
    )
    return replace(examine(wire, expected=expected, around=around, at=at), policy=rules)


def check_card(
    wire: Wire,
    *,
    binding: Binding,
    around: Surroundings,
    at: datetime,
    rules: TrustPolicy | None = None,
) -> Report:
    """Check one presentation of a deelkaart; whose it is stays unknown (wallet design, section 8).

    ``binding`` is the share: its site and its id, not live. ``rules``: as in ``check_loose``.
    """
    rules = rules or around.rules
    expected = Expectations(policy=rules.policy, binding=binding, may_issue=rules.may_issue)
    return replace(examine(wire, expected=expected, around=around, at=at), policy=rules)


def examine(wire: Wire, *, expected: Expectations, around: Surroundings, at: datetime) -> Report:
    """Run the kernel's check; add who the list says the issuer is, and what its kind tells."""
    sources = Sources(
        get=around.get,
        trust_list=around.listing.trust_list,
        schemas=_schema,
        types=catalog.type_metadata,
        status_seen=around.status_seen,
    )
    expected = replace(expected, one_time=catalog.one_time_types())
    verdict = check(wire, expected=expected, sources=sources, at=at)
    if expected.query is not None:
        verdict = only_asked(verdict, wire, expected.query)
    verdict = Verdict(
        tuple(_why_no_list(finding, around.listing) for finding in verdict.findings),
        verdict.verified,
    )
    listed = None
    if verdict.verified is not None and around.listing.trust_list is not None:
        listed = around.listing.trust_list.entry(verdict.verified.credential.issuer)
    report = Report(verdict, POLICIES[expected.policy], at, listed)
    if around.listing.trust_list is not None:
        known = around.listing.trust_list
        report = replace(report, sequence=known.sequence, list_issued_at=known.issued_at)
    (standing,) = together([report], around=around)
    return standing


def together(reports: Sequence[Report], *, around: Surroundings) -> tuple[Report, ...]:
    """Judge by their kind the certificates that came together: one may confirm another."""
    return tuple(
        replace(each, verdict=doubt_times(each.verdict, offset=around.offset))
        for each in stand(reports, around.house_rules, around.identities)
    )


def _schema(type_url: str) -> JsonObject | None:
    found = catalog.by_url(type_url)
    return None if found is None else catalog.json_schema(found.id)


def _why_no_list(finding: Finding, listing: Listing) -> Finding:
    """The kernel only knows that it got no list; we know why."""
    unknown = finding.check is Check.TRUST and finding.outcome is Outcome.UNDETERMINED
    told = finding.code in {"not_reached", ONE_TIME}
    if unknown and listing.trust_list is None and not told:
        return replace(finding, code=listing.code)
    return finding


def note_status_dates(report: Report, note: Callable[[str, datetime], None]) -> None:
    """Remember how new each status list was that counted, so that an older one is refused."""
    for finding in report.verdict.findings:
        uri, issued_at = finding.facts.get("uri"), finding.facts.get("issued_at")
        if (
            finding.check is Check.STATUS
            and finding.code != "status_rollback"
            and uri
            and issued_at
        ):
            note(uri, datetime.fromisoformat(issued_at))
