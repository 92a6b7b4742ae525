"""Orders: what is asked to be offered, complete and checked before anything is written."""

from dataclasses import dataclass

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, SchemaMismatch
from issuer.templates import Template, complete, person

FORMAT_IDS = ("dc+sd-jwt", "ldp_vc")
"""The formats we issue; the first is the default."""


@dataclass(frozen=True, slots=True)
class Order:
    """One proof to be offered.

    Attributes:
        claims: as they will be signed.
        person: the name under which the institute finds it again.
        line: of the class list, where it comes from one.
    """

    type_id: str
    format: str
    claims: JsonObject
    person: str
    batch_id: str | None = None
    line: int | None = None


def order(
    template: Template,
    given: JsonObject,
    *,
    format_id: str = FORMAT_IDS[0],
    numbers_confirmed: bool = False,
) -> Order:
    """Complete the claims and check them.

    Args:
        template: of the type that is wanted.
        given: claims about this person.
        format_id: one of ``FORMAT_IDS``.
        numbers_confirmed: a person said that no declared number is a BSN.

    Raises:
        MalformedError: ``format_unknown``.
        SchemaMismatch: the first fault's code; the detail names all claims that are wrong.
    """
    check_format(format_id)
    claims, faults = complete(template, given, numbers_confirmed=numbers_confirmed)
    if faults:
        detail = ", ".join(f"{fault.path}: {fault.code}" for fault in faults[:10])
        raise SchemaMismatch(faults[0].code, detail)
    return Order(template.type.id, format_id, claims, person(claims))


def check_format(format_id: str) -> None:
    """Refuse a format that we do not issue.

    Raises:
        MalformedError: ``format_unknown``.
    """
    if format_id not in FORMAT_IDS:
        raise MalformedError("format_unknown", f"one of {', '.join(FORMAT_IDS)}")
