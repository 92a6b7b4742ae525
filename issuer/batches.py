"""Class lists: everything is checked before anything is written, then all offers in one step.

``issuer.class_list`` reads; here the list becomes offers. Nothing is half done: one transaction.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.encoding import JsonObject
from credentials.errors import MalformedError
from issuer import delivery, given_proofs, offers
from issuer.class_list import ClassList, Row, check_sheet, read_sheet
from issuer.class_list_faults import Fault, Severity
from issuer.class_list_file import ListRefusedError
from issuer.listed_templates import all_listed, given, listed
from issuer.offers import LETTER_LIFE, MadeOffer, secret
from issuer.orders import FORMAT_IDS, Order, check_format, order
from issuer.ports import Ports
from issuer.tables import Batch
from issuer.templates import Template


@dataclass(frozen=True, slots=True)
class ListReport:
    """What a list gives.

    Attributes:
        found: the list as it was read.
        offers: what was made of it; empty after a mere check, or where errors held it back.
        sample: of fictional people: later lists do not ask whether they got a proof before.
    """

    found: ClassList
    offers: tuple[MadeOffer, ...] = ()
    sample: bool = False

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that hold a list back."""
        return tuple(fault for fault in self.found.faults if fault.severity is Severity.ERROR)

    def as_json(self) -> JsonObject:
        """The report as the command line and the API show it.

        ``code`` is ``import_invalid`` where an error holds the list back, else null.
        """
        return {
            "code": "import_invalid" if self.errors else None,
            "faults": [fault.as_json() for fault in self.found.faults],
            "ready": len(self.found.rows),
            "waiting": [row.line for row in self.found.waiting],
            "not_issued": [
                {"line": one.line, "reason": one.reason} for one in self.found.not_issued
            ],
            "total": self.found.total,
        }


def check(
    data: bytes, *, type_id: str | None, templates: Mapping[str, Template], at: datetime
) -> ListReport:
    """Read a class list and say what is wrong with it; writes nothing.

    Raises:
        MalformedError: ``type_unknown`` for a type that this organisation does not give.
    """
    if type_id is not None and type_id not in templates:
        raise MalformedError("type_unknown", f"one of {', '.join(templates)}")
    try:
        sheet = read_sheet(data)
    except ListRefusedError as refused:
        return ListReport(ClassList(faults=(refused.fault,)))
    wanted = None if type_id is None else listed(templates[type_id])
    types = all_listed(templates.values())
    return ListReport(
        check_sheet(sheet, at=at, types=types, wanted=wanted, fixed=fixed_of(templates))
    )


def fixed_of(templates: Mapping[str, Template]) -> dict[str, JsonObject]:
    """What each template fixes for a whole class, by its id."""
    return {one: dict(template.fixed) for one, template in templates.items()}


def issue(
    report: ListReport,
    *,
    name: str,
    data: bytes,
    format_id: str = FORMAT_IDS[0],
    ready_only: bool = False,
    mail: bool = False,
    ports: Ports,
    progress: Callable[[int], None] = lambda _: None,
) -> ListReport:
    """Offer every ready row of a checked list, all or none.

    Args:
        report: of ``check`` on the same ``data``.
        name: of the file, for people.
        data: the file; its digest is kept.
        format_id: one of ``FORMAT_IDS``.
        ready_only: go on with the ready rows although others have errors.
        mail: send each link to the address on its row.
        ports: the issuer's.
        progress: called with the number of offers made so far.

    Returns:
        The report with its offers; without any where errors hold the list back.

    Raises:
        MalformedError: ``format_unknown``; ``mail_address``: mail without an address.
        SchemaMismatch: a row does not fit its type after all; nothing is written.
    """
    check_format(format_id)
    if not report.found.rows or (report.errors and not ready_only):
        return report
    orders = [order_of(row, format_id, ports) for row in report.found.rows]
    made, at = list[MadeOffer](), ports.clock()
    with ports.database.transaction() as session:
        offers.purge(session, at=at)
        batch = Batch(
            id=secret(ports.entropy, offers.ID_BYTES),
            organisation_id=ports.organisation_id,
            name=name,
            digest=hashlib.sha256(data).hexdigest(),
            created_at=at,
            offers=len(orders),
        )
        session.add(batch)
        session.flush()
        for wanted in orders:
            whole = replace(wanted, batch_id=batch.id)
            made.append(offers.offer(session, whole, ports=ports, at=at, life=LETTER_LIFE))
            progress(len(made))
        if mail:
            session.flush()
            for row, one in zip(report.found.rows, made, strict=True):
                address = delivery.check_deliverable(row.email)
                delivery.by_mail(session, one.id, address, ports=ports)
        if not report.sample:
            given_proofs.remember(session, report.found.rows, ports=ports, at=at)
    return ListReport(report.found, tuple(made))


def order_of(row: Row, format_id: str, ports: Ports) -> Order:
    """What is to be offered for a ready row; its number was confirmed where that was needed.

    Raises:
        MalformedError: ``type_unknown`` for a template that is not given any more.
        SchemaMismatch: the row does not fit its template.
    """
    template = ports.templates.get(row.type_id)
    if template is None:
        raise MalformedError("type_unknown", f"line {row.line}: {row.type_id} is not given here")
    claims = given(template, row.claims)
    wanted = order(template, claims, format_id=format_id, numbers_confirmed=True)
    return replace(wanted, person=row.name, line=row.line)
