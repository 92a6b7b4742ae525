"""The databases of the tests: a fresh SQLite file, and a fresh schema on a PostgreSQL server.

A test that takes ``database_url`` runs on both. The server is the one at ``SKILLSPASS_POSTGRES``
(the URL of a database in which schemas may be made); without it, each process of the tests starts
one of its own where PostgreSQL is installed: a socket in a folder of its own, no port, gone after.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import MetaData, select

from service.database import Database

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian's package puts each version's ``bin``."""

_numbers = count()


def _installed() -> Path | None:
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _run_unprivileged(*command: str | Path) -> None:
    """Run a program of the server, which refuses to work for root."""
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    full = [*who, *map(str, command)]
    subprocess.run(full, check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603 - our own


def start_server(programs: Path, folder: Path) -> str:
    """Start a server that lives in ``folder`` and listens on a socket there, and nowhere else."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run_unprivileged(
        programs / "initdb", "--pgdata", data, "--auth=trust", "--username=skillspass", "--no-sync",
        "--encoding=UTF8", "--locale=C.UTF-8",
    )  # fmt: skip
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    _run_unprivileged(
        programs / "pg_ctl", "start", "--wait", "--pgdata", data, "--options", options,
        "--log", folder / "log",
    )  # fmt: skip
    return f"postgresql://skillspass@/postgres?host={quote(str(folder))}"


def stop_server(programs: Path, folder: Path) -> None:
    """Stop it at once; nothing in it is kept."""
    _run_unprivileged(programs / "pg_ctl", "stop", "--mode=immediate", "-D", folder / "data")


def restart_server(programs: Path, folder: Path) -> None:
    """Let it crash and begin again: all connections break, nothing that was committed is lost."""
    data = folder / "data"
    _run_unprivileged(
        programs / "pg_ctl", "restart", "--wait", "--mode=immediate", "--pgdata", data,
        "--log", folder / "log",
    )  # fmt: skip


@contextmanager
def running_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server of this process alone: its URL, and how to restart it."""
    programs = _installed()
    if programs is None:
        reason = "no PostgreSQL here: apt-get install postgresql, or set SKILLSPASS_POSTGRES"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="skillspass-"))
    try:
        yield start_server(programs, folder), partial(restart_server, programs, folder)
        stop_server(programs, folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a database on a running server, in which schemas may be made."""
    given = os.environ.get("SKILLSPASS_POSTGRES")
    if given:
        yield given
        return
    with running_server() as (url, _restart):
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@contextmanager
def fresh_schema(server: str) -> Iterator[str]:
    """The URL of an empty schema on a server, dropped at the end."""
    schema = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        joined = f"{server}{'&' if '?' in server else '?'}application_name={schema}"
        yield f"{joined}&options={_path(schema)}"
        connection.execute(_HANG_UP, {"name": schema})
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


_HANG_UP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %(name)s"
)
"""Pools that nobody closed would use up what one server can hold."""


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty schema, dropped after the test."""
    with fresh_schema(postgres_server) as url:
        yield url


def _path(schema: str) -> str:
    return quote(f"-csearch_path={schema}", safe="")


def everything_in(database: Database) -> bytes:
    """Every value of every table, and on SQLite its files as well: what a thief would read."""
    found = MetaData()
    found.reflect(database.engine)
    with database.engine.connect() as connection:
        rows = [row for table in found.sorted_tables for row in connection.execute(select(table))]
    values = [one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row]
    if database.is_sqlite:
        file = Path(database.engine.url.database or "")
        values += [part.read_bytes() for part in file.parent.glob(f"{file.name}*")]
    return b"\n".join(values)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database; the test runs on SQLite and on PostgreSQL."""
    name = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both_databases(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Whatever service a test starts runs on SQLite, and once more on PostgreSQL.

    For a whole module: ``pytestmark = pytest.mark.usefixtures("on_both_databases")``. The services
    find their database in the environment, as they do in earnest; each role has its own.
    """
    if request.param == "sqlite":
        yield request.param
        return
    with ExitStack() as schemas:
        for role in ("ISSUER", "VERIFIER"):
            url = schemas.enter_context(fresh_schema(request.getfixturevalue("postgres_server")))
            monkeypatch.setenv(f"{role}_DATABASE_URL", url)
        yield request.param
