"""Check one item of many: whatever goes wrong with it is told in its own line."""

import re
from collections.abc import Callable
from datetime import datetime

from credentials.errors import CredentialError, MalformedError
from credentials.share_card import parse_link
from verifier import checking, share_links
from verifier.batch_items import Item
from verifier.batches import Line
from verifier.checking import Surroundings
from verifier.ports import Ports
from verifier.uploads import is_link, proof_in
from verifier.verdicts import Report

_CODE = re.compile(r"[0-9]{4}")


def checker(ports: Ports, *, browser: str, around: Surroundings) -> Callable[[Item], Line]:
    """What checks the items of one browser; the sector's list is read once for all."""

    def check(item: Item) -> Line:
        """Check one item and keep its verdict for that browser."""
        at = ports.clock()
        bare = Item(item.number, item.source)  # what it held goes as soon as it was checked
        try:
            reports = _reports(ports, item, around=around, at=at)
        except CredentialError as error:
            return Line(bare, fault=error.code)
        for report in reports:
            checking.note_status_dates(report, ports.documents.note_issued_at)
        kept = ports.results.keep(reports, browser=browser, at=at)
        return Line(bare, reports, kept.id)

    return check


def _reports(ports: Ports, item: Item, *, around: Surroundings, at: datetime) -> tuple[Report, ...]:
    if item.fault is not None:
        raise MalformedError(item.fault, "found while it was read")  # told as it was found
    if item.link:
        link = parse_link(item.link)
        if link.coded and not _CODE.fullmatch(item.code or ""):
            raise MalformedError("share_code_missing", "a code belongs to this link")
        code = item.code if link.coded else None
        return share_links.open_and_check(ports, link, code=code, around=around, at=at)
    proof = proof_in(item.content)
    if is_link(proof):
        link = parse_link(proof)
        return share_links.open_and_check(ports, link, code=None, around=around, at=at)
    return (checking.check_loose(proof, around=around, at=at),)
