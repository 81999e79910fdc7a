"""A PostgreSQL server of the tests' own: in a folder that goes, on a socket, by a plain user."""

import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, create_engine

from infrastructure.database.engine import open_database

PROGRAMS = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))
NOBODY = 65534

KEEPER = 'cat; "$1" -D "$2/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$2"'
"""Waits until nobody holds the other end of its input, however that process ended."""


def find_program(name: str) -> str | None:
    """Where a program of PostgreSQL is, if it is anywhere."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *PROGRAMS]))


def server_program(name: str) -> str:
    """Where it is. Without it the test is skipped; on CI it fails."""
    found = find_program(name)
    if found is None:
        cannot_be_tested(f"{name} of PostgreSQL is not installed")
    assert found is not None
    return found


def cannot_be_tested(why: str) -> None:
    """Skip what this machine cannot do; on CI, where it must, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}, and CI tests the ledger on it")
    pytest.skip(why)


class PrivateServer:
    """A server that runs until `stop`, or until this process has ended in whatever way."""

    def __init__(self) -> None:
        try:
            import psycopg  # noqa: F401 - the driver alone is of no use to the tests
        except ImportError:
            cannot_be_tested("psycopg is not installed")
        initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
        self._user = NOBODY if os.getuid() == 0 else None  # it refuses to run as root
        self._numbers = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="kairos-"))
        if self._user is not None:
            os.chown(self.folder, self._user, -1)
        self._keeper = self._keep(pg_ctl)
        data, log = str(self.folder / "data"), str(self.folder / "log")
        try:
            self._run(initdb, "-D", data, "-U", "kairos", "-A", "trust", "--no-sync", "-E", "UTF8")
            only_here = f"-k {self.folder} -c listen_addresses=''"
            settings = f"{only_here} -c fsync=off -c full_page_writes=off -c max_connections=60"
            self._run(pg_ctl, "-D", data, "-l", log, "-o", settings, "-w", "start")
            self.with_schema = self.new_address()
            open_database(self.with_schema).close()
        except BaseException:
            self.stop()
            raise

    def new_address(self, like: URL | None = None) -> URL:
        """A new database, without a table or a copy of another, which nobody may be using.

        `server.with_schema` is one to copy: Kairos's tables without a row.
        """
        name = f"ledger_{next(self._numbers)}"
        copied = f" TEMPLATE {like.database}" if like else ""
        self._maintain(f"CREATE DATABASE {name}{copied}")
        return self._address(name)

    def drop(self, address: URL) -> None:
        """Remove a database, whoever still uses it."""
        self._maintain(f"DROP DATABASE {address.database} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(60)

    def _address(self, name: str) -> URL:
        there = {"host": str(self.folder)}
        return URL.create("postgresql+psycopg", "kairos", database=name, query=there)

    def _maintain(self, statement: str) -> None:
        engine = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _keep(self, pg_ctl: str) -> "subprocess.Popen[bytes]":
        command = ["sh", "-c", KEEPER, "keeper", pg_ctl, str(self.folder)]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, user=self._user, cwd="/", start_new_session=True
        )

    def _run(self, *command: str) -> None:
        """A command that ends; a server that it starts must not hold what is printed to."""
        output: IO[bytes]
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the tests
                check=False,
            )
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")
