"""Orders: what is asked to be offered, complete and checked before anything is written."""

from dataclasses import dataclass

from credentials.encoding import JsonObject
from credentials.errors import MalformedError, SchemaMismatch
from issuer.formats import FORMAT_IDS
from issuer.templates import Template, complete, person

__all__ = ["FORMAT_IDS", "Order", "check_format", "order"]


@dataclass(frozen=True, slots=True)
class Order:
    """One proof to be offered.

    Attributes:
        claims: as they will be signed.
        type_id: of the template; a ready one has the id of its type.
        person: the name under which the institute finds it again.
        line: of the class list, where it comes from one.
    """

    type_id: str
    format: str
    claims: JsonObject
    person: str
    template_version: int = 0
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
    return Order(template.id, format_id, claims, person(claims), template.version)


def check_format(format_id: str) -> None:
    """Refuse a format that we do not issue.

    Raises:
        MalformedError: ``format_unknown``.
    """
    if format_id not in FORMAT_IDS:
        raise MalformedError("format_unknown", f"one of {', '.join(FORMAT_IDS)}")
