"""A dump of a PostgreSQL database, by its own program."""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from infrastructure.database.errors import place
from infrastructure.errors import StorageError
from infrastructure.wording import one_line

_DEBIAN = Path("/usr/lib/postgresql")


def dump_database(url: URL, file: Path) -> None:
    """Write a dump in PostgreSQL's custom format, and read it through once.

    Raises StorageError where its programs are not installed or fail.
    """
    dump, restore = _program("pg_dump", url), _program("pg_restore", url)
    there = url.set(drivername="postgresql", password=None).render_as_string()
    _run([dump, "--format=custom", "--file", str(file), "--dbname", there], url)
    _run([restore, "--file", os.devnull, str(file)], url)


def _program(name: str, url: URL) -> str:
    versions = sorted(_DEBIAN.glob("*/bin"), key=lambda path: path.parent.name.zfill(4))
    newest_first = os.pathsep.join(map(str, reversed(versions)))
    # Debian's own wrapper takes the version of a cluster on this machine, not the newest.
    found = shutil.which(name, path=newest_first) or shutil.which(name)
    if found is None:
        raise StorageError(
            f"{place(url)}: a backup needs {name}, which is not installed; install PostgreSQL's "
            "client programs (Debian: apt install postgresql-client)"
        )
    return found


def _run(command: list[str], url: URL) -> None:
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        command,
        env=os.environ | secret,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        name = Path(command[0]).name
        raise StorageError(f"{place(url)}: {name} failed: {one_line(done.stderr, 300)}")
