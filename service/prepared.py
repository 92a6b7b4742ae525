"""Statements of every request: rendered once for a database, then run by its driver itself.

    _LOCK = Prepared(select(col(Offer.state)).where(col(Offer.id) == bindparam("this_offer")))
    with database.asking() as connection:
        row = _LOCK.first(connection, {"this_offer": "1"})        # row.state, or None

What SQLAlchemy does around a statement at each execution costs some times more than SQLite's own
work on it. The text, the types of what goes in and comes out, the errors and the event before each
statement are SQLAlchemy's, and the transaction is that of the connection.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from credentials.errors import RejectedError

_Process = Callable[[Any], Any] | None  # Any: whatever a column holds


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A statement in the words of one database.

    Attributes:
        constants: parameters with a value of the statement's own.
        positions: names in the order of the question marks; empty where the driver takes names.
        going_in, coming_out: what is done to the values; None for those that stay as they are.
    """

    text: str
    constants: Mapping[str, object]
    positions: Sequence[str]
    going_in: Sequence[tuple[str, Callable[[Any], Any]]]
    coming_out: Sequence[tuple[int, Callable[[Any], Any]]]


class Prepared:
    """One Core statement whose every column and parameter is known beforehand."""

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update | Delete) -> None:
        """Take a statement; an insert names each of its columns with ``values``."""
        self._statement = statement
        columns = [*statement.exported_columns]
        self._row = _named([str(one.key) for one in columns])
        self._types: list[TypeEngine[Any]] = [one.type for one in columns]
        self._rendered: dict[str, _Rendered] = {}

    def first(self, connection: Connection, asked: Mapping[str, object]) -> Any:  # noqa: ANN401 - a row of the statement
        """The first row, with the names of its columns; None where there is none."""
        return next(iter(self.rows(connection, asked)), None)

    def rows(self, connection: Connection, asked: Mapping[str, object]) -> list[Any]:
        """All rows.

        Raises:
            RejectedError: ``not_found``: PostgreSQL was asked for a text with a NUL.
            DBAPIError: as SQLAlchemy would.
        """
        rendered = self._for(connection.dialect)
        cursor = _run(connection, rendered, asked)
        try:
            found = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            _refuse(connection, cursor, rendered.text, error)
        finally:
            cursor.close()
        if not rendered.coming_out:
            return [self._row(row) for row in found]
        made = []
        for row in found:
            values = list(row)
            for place, process in rendered.coming_out:
                values[place] = process(values[place])
            made.append(self._row(values))
        return made

    def change(self, connection: Connection, asked: Mapping[str, object]) -> int:
        """Run it; how many rows it met.

        Raises:
            RejectedError, DBAPIError: as ``rows``.
        """
        cursor = _run(connection, self._for(connection.dialect), asked)
        met = cursor.rowcount
        cursor.close()
        return met

    def _for(self, dialect: Dialect) -> _Rendered:
        found = self._rendered.get(dialect.name)
        if found is None:
            found = self._rendered[dialect.name] = self._render(dialect)
        return found

    def _render(self, dialect: Dialect) -> _Rendered:
        compiled: Any = self._statement.compile(dialect=dialect)  # Any: a compiler of SQL
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a column gets its value from a program")
        names = {name: bound for bound, name in compiled.bind_names.items()}
        into = [(one, _process(bound.type, dialect, inwards=True)) for one, bound in names.items()]
        out = [
            (place, _process(kind, dialect, inwards=False))
            for place, kind in enumerate(self._types)
        ]
        return _Rendered(
            text=compiled.string,
            constants={one: bound.value for one, bound in names.items() if not bound.required},
            positions=tuple(compiled.positiontup or ()) if dialect.positional else (),
            going_in=[(name, process) for name, process in into if process is not None],
            coming_out=[(place, process) for place, process in out if process is not None],
        )


def run_plain(connection: Connection, text: str) -> None:
    """Run a word of the database that has no parameters, such as BEGIN.

    Raises:
        DBAPIError: as SQLAlchemy would.
    """
    _run(connection, _Rendered(text, {}, (), (), ()), {}).close()


def _named(columns: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """What makes a row of values with these names."""
    made: Any = namedtuple("Row", columns)  # type: ignore[misc]  # noqa: PYI024 - of a statement
    return made._make


def _process(kind: TypeEngine[Any], dialect: Dialect, *, inwards: bool) -> _Process:
    own = kind.dialect_impl(dialect)
    return own.bind_processor(dialect) if inwards else own.result_processor(dialect, None)


def _run(connection: Connection, rendered: _Rendered, asked: Mapping[str, object]) -> DBAPICursor:
    given = {**rendered.constants, **asked}
    for name, process in rendered.going_in:
        given[name] = process(given[name])
    values: Any = [given[name] for name in rendered.positions] if rendered.positions else given
    cursor = connection.connection.cursor()
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, rendered.text, values, None, False)  # noqa: FBT003 - their form
    try:
        cursor.execute(rendered.text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        _refuse(connection, cursor, rendered.text, error)
    return cursor


def _refuse(connection: Connection, cursor: DBAPICursor, text: str, error: Exception) -> NoReturn:
    """Say an error of the driver as SQLAlchemy does; a lost connection is not used again."""
    refuse_nul(error)
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]  # an error of this driver
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    ) from error


def refuse_nul(error: BaseException | None) -> None:
    """No text of PostgreSQL holds a NUL: whoever asks for one finds nothing, as on SQLite.

    Raises:
        RejectedError: ``not_found``.
    """
    if "NUL (0x00)" in str(error):
        raise RejectedError("not_found", "a NUL in a text") from None
