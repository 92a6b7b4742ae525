"""The schema of a role's database, step by step (Alembic), on SQLite and on PostgreSQL.

    upgrade(database, "issuer", models=IssuerTable.metadata)    # at each start, before all else

Each role keeps its steps in ``<role>/migrations/versions/NNNN_words.py``. A new step is drafted
from the difference with the models, and read by a person before it is kept:

    draft("issuer", IssuerTable.metadata, "several organisations", database=Database(url))

A step must not import the models, for they change: it spells the columns out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

from alembic import op
from alembic.autogenerate import RevisionContext, compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations.ops import (
    CreateForeignKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
    OpContainer,
)
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.types import TypeDecorator

from credentials.errors import RejectedError
from service.database import BUSY_MILLISECONDS, Database

NAMES = {
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
}
"""What PostgreSQL calls a constraint that has no name; SQLite calls it nothing. A step that drops
one names it so, inside ``op.batch_alter_table(table, naming_convention=NAMES)``; ``draft`` does."""

Steps = Callable[[str], list[RevisionStep]]
"""From the step a database is at, to the steps to take."""

ENGINE_TABLES = "procrastinate_"
"""Tables of the job engine (``service.job_engine``), which looks after them itself."""

_VERSION_TABLE = "alembic_version"
MIGRATION_LOCK = 5_701_202
"""Any number: of two services that start at once, one upgrades and the other finds it done."""

WAIT_MILLISECONDS = 600_000
"""How long a service that starts waits for another that upgrades."""

_turn = Lock()
"""Alembic keeps the running migration in module variables: one at a time in each process."""


def upgrade(
    database: Database, role: str, *, to: str = "head", models: MetaData | None = None
) -> None:
    """Bring a database to the schema of this release, all of it or nothing.

    An empty one gets all steps, or at once what they lead to (``models``). One that release 0.1.0
    made, which kept no note of its schema, is known by its tables and goes on from step 0001.

    Args:
        database: of this role alone.
        role: the package that holds ``migrations``.
        to: a step, or the last one.
        models: the role's tables, which a test shows to be what the last step leaves behind: an
            empty database is made from them in a fraction of the time.

    Raises:
        RejectedError: ``config_database_future``: a later release has changed it, and this one
            could only spoil it; ``config_database_foreign``: it holds tables that no release made.
    """
    script = _script(role)
    if to == "head" and current(database) == script.get_current_head():
        return  # as at most starts: one look, and nobody waits for a turn to write
    with _changing(database) as connection:
        if models is not None and to == "head" and not _tables(connection):
            models.create_all(connection)
            MigrationContext.configure(connection).stamp(script, to)
            return
        _recognise(connection, script)
        _run(connection, script, lambda at: script._upgrade_revs(to, at))  # noqa: SLF001 - as alembic.command does


def downgrade(database: Database, role: str, *, to: str) -> None:
    """Go back to an earlier step, before an older release is started; it may drop columns.

    Raises:
        RejectedError: ``config_database_future``: this release does not know the way back;
            ``config_database_back``: rows would be lost that nobody can make again.
    """
    script = _script(role)
    with _changing(database) as connection:
        _check_known(connection, script)
        _run(connection, script, lambda at: script._downgrade_revs(to, at))  # noqa: SLF001 - as alembic.command does


def refuse_rows(*tables: str) -> None:
    """For a step that is taken back: it drops these tables only while they are empty.

    Raises:
        RejectedError: ``config_database_back``.
    """
    for table in tables:
        if op.get_bind().execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None:  # noqa: S608 - our own words
            raise RejectedError("config_database_back", f"{table} would be lost")


def head(role: str) -> str:
    """The last step of this release."""
    return _script(role).get_current_head() or ""


def current(database: Database) -> str | None:
    """The step a database is at; None where it has no note of it."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def differences(database: Database, metadata: MetaData) -> list[object]:
    """What differs between a database and the models; empty when they agree."""
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts=_options(metadata))
        found: list[object] = compare_metadata(context, metadata)
    return found


def draft(role: str, metadata: MetaData, words: str, *, database: Database) -> Path:
    """Write the next step from the difference between the steps so far and the models.

    Args:
        role: the package that holds ``migrations``.
        metadata: of the role's tables.
        words: for the name of the file and its first line.
        database: an empty one, on PostgreSQL: SQLite cannot tell that a constraint without a name
            is to go.

    Returns:
        The new file; a person reads it before it is kept.
    """
    script = _script(role)
    arguments = {
        "message": words,
        "autogenerate": True,
        "sql": False,
        "head": "head",
        "splice": False,
        "branch_label": None,
        "version_path": None,
        "depends_on": None,
        "rev_id": f"{int(head(role) or 0) + 1:04}",
    }
    config = _config(script.dir)
    context = RevisionContext(config, script, arguments)
    upgrade(database, role)

    def compare(at: object, migration: MigrationContext) -> list[object]:
        """Note the difference; there is nothing to run."""
        context.run_autogenerate(at, migration)  # type: ignore[arg-type]  # what Alembic hands over
        return []

    with database.engine.connect() as connection, _turn:
        environment = EnvironmentContext(
            config, script, fn=compare, template_args=context.template_args
        )
        with environment:
            environment.configure(connection=connection, **_options(metadata))  # type: ignore[arg-type]  # checked by Alembic
            environment.run_migrations()
    for directive in context.generated_revisions:
        for changes in (directive.upgrade_ops, directive.downgrade_ops):
            _name_constraints(changes)
    (made,) = list(context.generate_scripts())
    if made is None:
        raise RejectedError("config_migration", "no step was written")
    path = Path(made.path)
    drafted = path.read_text(encoding="utf-8")
    path.write_text(drafted.replace("schema=None)", "naming_convention=NAMES)"), encoding="utf-8")
    _script_at.cache_clear()
    return path


def _name_constraints(changes: OpContainer | None) -> None:
    """Give each constraint without a name the one that PostgreSQL gives it."""
    for change in changes.ops if changes else []:
        if isinstance(change, OpContainer):
            _name_constraints(change)
        elif isinstance(change, CreateUniqueConstraintOp | CreateForeignKeyOp):
            change.constraint_name = change.constraint_name or _name(change)
        elif isinstance(change, DropConstraintOp) and change.constraint_name is None:
            change.constraint_name = _name(change._reverse)  # noqa: SLF001 - what it would make again


def _name(change: object) -> str | None:
    if isinstance(change, CreateUniqueConstraintOp):
        return "_".join([change.table_name, *map(str, change.columns), "key"])
    if isinstance(change, CreateForeignKeyOp):
        return "_".join([change.source_table, *change.local_cols, "fkey"])
    return None


def _config(folder: str) -> Config:
    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def _script(role: str) -> ScriptDirectory:
    return _script_at(str(files(role) / "migrations"))


@cache
def _script_at(folder: str) -> ScriptDirectory:
    """The steps of a role, read once: they do not change while it runs."""
    return ScriptDirectory.from_config(_config(folder))


def _options(metadata: MetaData | None) -> dict[str, object]:
    return {
        "target_metadata": metadata,
        "render_as_batch": True,  # SQLite cannot alter: a table is copied
        "compare_type": True,
        "render_item": _plain_type,
        "include_name": _is_ours,
    }


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith(ENGINE_TABLES))


def _plain_type(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """A column of ours as the plain type it is stored as: steps do not import our classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """One transaction for the whole change, with references looked at only at its end.

    SQLite copies a table to change it, and dropping the old one must not take along what refers
    to it; the switch works outside a transaction alone.
    """
    with _turn, database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if database.is_sqlite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute(f"PRAGMA busy_timeout={WAIT_MILLISECONDS}")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text(f"SET LOCAL lock_timeout = {WAIT_MILLISECONDS}"))
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                    connection.execute(text(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}"))
                yield connection
                if database.is_sqlite:
                    _check_references(connection)
        finally:
            if database.is_sqlite and driver is not None:
                driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
                driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RejectedError("config_database_references", f"{len(broken)} rows refer to nothing")


def _run(connection: Connection, script: ScriptDirectory, steps: Steps) -> None:
    environment = EnvironmentContext(
        Config(), script, fn=lambda at, _context: steps(at), as_sql=False
    )
    with environment:
        environment.configure(connection=connection, **_options(None))  # type: ignore[arg-type]  # checked by Alembic
        environment.run_migrations()


def _recognise(connection: Connection, script: ScriptDirectory) -> None:
    """Refuse what is not ours, and note at which step a database of 0.1.0 is."""
    tables = _tables(connection)
    if _VERSION_TABLE in tables:
        _check_known(connection, script)
        return
    if not tables:
        return
    first = script.get_base()
    if first is None or tables != _tables_at(script, first):
        raise RejectedError("config_database_foreign", "tables that no release of ours made")
    MigrationContext.configure(connection).stamp(script, first)


def _tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if _is_ours(name, "table", {})}


def _check_known(connection: Connection, script: ScriptDirectory) -> None:
    for revision in MigrationContext.configure(connection).get_current_heads():
        try:
            script.get_revision(revision)
        except CommandError as error:
            detail = f"at step {revision}, this release ends at {script.get_current_head()}"
            raise RejectedError("config_database_future", detail) from error


def _tables_at(script: ScriptDirectory, revision: str) -> set[str]:
    """The tables that a step leaves behind, seen on an empty database."""
    with Database("sqlite://").engine.connect() as connection:
        _run(connection, script, lambda at: script._upgrade_revs(revision, at))  # noqa: SLF001 - as alembic.command does
        return set(inspect(connection).get_table_names()) - {_VERSION_TABLE}
