"""How questions were answered, by quarter: counts, where whoever runs this chose so (R33).

Results go when their retention is over, mostly within four weeks, so the answers of a quarter are
no longer there when it ends. Each is counted as it comes, under the quarter and its outcome and
under nothing else: no firm, no question, no person. Somebody who is asked twice counts twice, for
nothing here can tell that it was the same person.
"""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from credentials.findings import Outcome
from service.figures import Figures, Group, K, closed, figures, quarter_of, require_wanted
from verifier.settings import VerifierSettings
from verifier.tables import Tally


def count(session: Session, outcome: Outcome, *, is_sqlite: bool, at: datetime) -> None:
    """Count one answer in its quarter, within the caller's transaction."""
    insert = sqlite.insert if is_sqlite else postgresql.insert
    row = insert(Tally).values(quarter=str(quarter_of(at)), outcome=outcome.value, count=1)
    more = {"count": col(Tally.count) + 1}
    session.connection().execute(
        row.on_conflict_do_update(index_elements=["quarter", "outcome"], set_=more)
    )


def answered(session: Session, *, settings: VerifierSettings, at: datetime) -> tuple[Figures, ...]:
    """The figures of the last quarters that are over, the newest first.

    Raises:
        RejectedError: ``figures_off``.
    """
    require_wanted(wanted=settings.figures)
    found = []
    for quarter in closed(at):
        rows = session.exec(select(Tally).where(Tally.quarter == str(quarter))).all()
        found.append(figures(quarter, {row.outcome: _group(row) for row in rows}))
    return tuple(found)


def _group(row: Tally) -> Group:
    """As if each answer came of another person; of those the rule needs no more than ``K``."""
    return Group(row.count, frozenset((row.outcome, number) for number in range(min(row.count, K))))
