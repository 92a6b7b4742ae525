"""The complete journey: a class list, people who receive and show, one proof withdrawn, attacks.

Issuer and verifier are reached over HTTP by their own interfaces. Each person has a vault of the
real engine, in memory and never sealed: Argon2id at 64 MiB for each of many people would measure
the hash and not the journey. ``tests/wallet/test_sealed.py`` covers the sealed file.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from credentials.encoding import JsonObject
from credentials.errors import CredentialError, RejectedError
from wallet.choosing import choices_for
from wallet.holder import presenting, receiving
from wallet.holder.outside import Outside
from wallet.holder.vault import Held, Vault
from wallet.journey.attacks import LDP_VC, SD_JWT
from wallet.journey.parties import Asked, Offer, Parties
from wallet.journey.people import PASSED, RESULT, with_more_people
from wallet.journey.refusals import (
    ATTEMPTS,
    OTHER_CASES,
    PRESET,
    Scene,
    code_of,
    refusal,
    refusals,
)
from wallet.journey.report import JourneyReport, NotIssued, Refusal, Step

LDP_EVERY = 3
"""Every third person gets an ldp_vc; the others a dc+sd-jwt."""

Progress = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the list, with a vault of their own."""

    offer: Offer
    name: str = field(repr=False)
    vault: Vault
    held: Held


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the class list.

    Attributes:
        line: in the file, the header is 1.
    """

    line: int
    name: str = field(repr=False)
    cells: tuple[str, ...] = field(repr=False)
    passed: bool


class Journey:
    """One journey on its way; ``run`` makes it."""

    def __init__(self, parties: Parties, *, outside: Outside, progress: Progress) -> None:
        self.parties, self.outside, self._progress = parties, outside, progress
        self.steps: list[Step] = []
        self.problems: list[str] = []
        self.not_issued: list[NotIssued] = []

    @contextmanager
    def step(self, name: str, count: int) -> Iterator[None]:
        """Time one step and tell that it is done."""
        start = time.perf_counter()
        yield
        done = Step(name, time.perf_counter() - start, count)
        self.steps.append(done)
        self._progress(done)

    @contextmanager
    def noting(self, place: str) -> Iterator[None]:
        """What goes wrong for one person is written down; the others go on."""
        try:
            yield
        except CredentialError as error:
            self.problems.append(f"{place}: {error.code}")

    def issue(self, header: list[str], rows: list[Row]) -> dict[int, Offer]:
        """Post the class list, one part for each format; offers by line."""
        passers = [row for row in rows if row.passed]
        whole = {row.line for row in passers[LDP_EVERY - 1 :: LDP_EVERY]}
        parts = {
            SD_JWT: [row for row in rows if row.line not in whole],
            LDP_VC: [row for row in rows if row.line in whole],
        }
        offers: dict[int, Offer] = {}
        for format_id, part in parts.items():
            if not part:
                continue
            issued = self.parties.post_list(_csv(header, part), format_id=format_id)
            lines = {number: row.line for number, row in enumerate(part, start=2)}
            offers |= {lines[each.line]: each for each in issued.offers if each.line in lines}
            self.not_issued += [NotIssued(lines[n], reason) for n, reason in issued.not_issued]
        return dict(sorted(offers.items()))

    def receive(self, offer: Offer, *, name: str | None = None) -> Person:
        """Fetch, check, say "yes, that is me" to one's own name, and keep.

        Raises:
            CredentialError: the credential's problem, or ``holder_name_unconfirmed``.
        """
        vault = Vault((), clock=self.outside.now, entropy=self.outside.entropy)
        preview = receiving.read_offer(offer.link, outside=self.outside)
        received = receiving.fetch_credential(preview, pin=offer.pin, outside=self.outside)
        held = receiving.keep(
            received,
            vault,
            name_confirmed=name is None or received.name == name,
            outside=self.outside,
        )
        return Person(offer, received.name or "", vault, held)

    def show(self, person: Person) -> JsonObject:
        """Answer one question with one skill; returns the verifier's verdict.

        Raises:
            CredentialError: the request, the answer or the verdict is refused.
        """
        request = self.parties.ask(PRESET)
        asked = self.read(request, person)
        if not asked.possible:
            raise RejectedError("nothing_fits", "the proof holds no skill")
        first = next(line for line in asked.groups[0][0].lines if line.path[0] == PRESET)
        show = [] if asked.groups[0][0].whole else [".".join(map(str, first.path))]
        choices = choices_for(asked, proofs=[], show=show, everything=False)
        presenting.answer(asked, choices, person.vault, outside=self.outside)
        return self.parties.verdict(request)

    def read(self, request: Asked, person: Person) -> presenting.Asked:
        """Fetch and check a request, for one person."""
        return presenting.read_request(request.link, held=person.vault.held(), outside=self.outside)

    def withdraw(self, person: Person) -> Refusal:
        """Withdraw one proof at its issuer, and show it again.

        Raises:
            CredentialError: the issuer, the request or the answer is refused.
        """
        self.parties.set_status(person.offer, "revoked")
        code, part = code_of(self.show(person))
        return refusal("revoked", "revoked", code, part)


def run(
    parties: Parties,
    *,
    class_list: str,
    count: int,
    outside: Outside,
    progress: Progress = lambda _: None,
) -> JourneyReport:
    """Make the complete journey.

    Args:
        parties: a running issuer and verifier.
        class_list: the text of the institute's class list.
        count: how many people get a proof; above those who passed, fictional ones are made.
        outside: the holder's world: fetch, trust list, clock, chance.
        progress: told each step when it is done.
    """
    journey = Journey(parties, outside=outside, progress=progress)
    header, rows = _rows(with_more_people(class_list, count=count), count)
    names = {row.line: row.name for row in rows}
    offers: dict[int, Offer] = {}
    with journey.step("list", len(rows)), journey.noting("list"):
        offers = journey.issue(header, rows)
    people: list[Person] = []
    with journey.step("receive", len(offers)):
        for line, offer in offers.items():
            with journey.noting(f"receive, line {line}"):
                people.append(journey.receive(offer, name=names[line]))
    verified = 0
    with journey.step("present", len(people)):
        for person in people:
            with journey.noting(f"present, line {person.offer.line}"):
                verified += journey.show(person)["verdict"] == "passed"
    refused: list[Refusal] = []
    with journey.step("withdraw", 1), journey.noting("withdraw"):
        refused.extend(journey.withdraw(person) for person in people[:1])
    turned = any(each.code == each.expected for each in refused)
    with journey.step("refuse", len(ATTEMPTS) + OTHER_CASES), journey.noting("refuse"):
        refused += refusals(Scene(parties, outside))
    return JourneyReport(
        expected=count,
        issued=len(offers),
        held=sum(len(person.vault.held()) for person in people),
        verified=verified,
        turned=turned,
        not_issued=tuple(sorted(journey.not_issued, key=lambda each: each.line)),
        refused=tuple(refused),
        steps=tuple(journey.steps),
        problems=tuple(journey.problems),
    )


def _rows(text: str, count: int) -> tuple[list[str], list[Row]]:
    """The header and the rows of a class list: all who did not pass, and ``count`` who did."""
    header, *records = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    rows, passed = [], 0
    for line, cells in enumerate(records, start=2):
        fields = dict(zip(header, cells, strict=False))
        row = Row(line, _name(fields), tuple(cells), fields.get(RESULT) == PASSED)
        passed += row.passed
        if not row.passed or passed <= count:
            rows.append(row)
    return header, rows


def _name(fields: dict[str, str]) -> str:
    parts = (fields.get(column, "") for column in ("Voornaam", "Tussenvoegsel", "Achternaam"))
    return " ".join(" ".join(parts).split())


def _csv(header: list[str], rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(row.cells for row in rows)
    return out.getvalue()
