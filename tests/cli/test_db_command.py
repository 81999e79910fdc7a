"""`kairos db`: the database at a glance, checked, backed up, made small, upgraded."""

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cli_setup import Shop

from tests.database.upkeep_samples import old_file

ROOT = Path(__file__).resolve().parents[2]


def test_info_tells_what_there_is(shop: Shop) -> None:
    """As lines, and as JSON with the same numbers."""
    told = shop.kairos("db", "info")
    assert (told.code, told.err) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in told.out.splitlines())
    assert (lines["database"], lines["schema"], lines["runs"]) == ("kairos.db", "0004", "0")
    assert lines["settings"].startswith("sqlite_version ")
    found = json.loads(shop.kairos("db", "info", "--json").out)
    assert f"{found['counts']['bars']:,}" == lines["bars"] != "0"
    assert found["last_run"] is None


def test_a_sound_database_is_said_to_be_so(shop: Shop) -> None:
    """Exit code 0; quick or not; as JSON."""
    assert shop.kairos("db", "check").out == "kairos.db: sound, down to every row (schema 0004)\n"
    assert shop.kairos("db", "check", "--quick").out.startswith("kairos.db: sound, at a quick look")
    told = shop.kairos("db", "check", "--json")
    assert (told.code, json.loads(told.out)["sound"]) == (0, True)


def test_findings_are_lines_and_exit_code_2(shop: Shop) -> None:
    """One a line, then how many; as JSON too."""
    with closing(sqlite3.connect(shop.database)) as other:
        other.execute("DROP VIEW v_market_bars")
    told = shop.kairos("db", "check")
    assert (told.code, told.err) == (2, "")
    first, last = told.out.splitlines()
    assert (first, last) == (
        "schema: the view v_market_bars is missing",
        "kairos.db: 1 finding",
    )
    as_json = shop.kairos("db", "check", "--json")
    assert as_json.code == 2
    assert json.loads(as_json.out)["findings"] == [
        {"kind": "schema", "detail": "the view v_market_bars is missing"}
    ]


def test_a_backup_says_where_it_is_and_is_a_database(shop: Shop) -> None:
    """It can be given as --db; its name is not given twice."""
    told = shop.kairos("db", "backup", "kept.db")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("kept.db: kairos.db as it is now, checked, ")
    assert shop.kairos("data", "list", "--db", "kept.db").out == shop.kairos("data", "list").out
    again = shop.kairos("db", "backup", "kept.db")
    assert (again.code, again.out) == (2, "")
    assert again.error == "kept.db: exists already; give another name, or replace it with --force"
    assert shop.kairos("db", "backup", "kept.db", "--force").code == 0


def test_vacuum_says_what_it_saved(shop: Shop) -> None:
    """Removed bars leave room that the file gives back; the log is empty after it."""
    assert shop.kairos("data", "remove", "QQQ").code == 0
    told = shop.kairos("db", "vacuum")
    assert (told.code, told.err) == (0, "")
    words = told.out.split()
    before, after = (int(words[at].replace(",", "")) for at in (1, 4))
    assert after < before
    assert after == shop.database.stat().st_size
    assert shop.kairos("db", "check").code == 0


def test_an_old_database_is_one_line_without_a_terminal(empty_shop: Shop) -> None:
    """Whatever the command: nobody is asked, nothing is changed."""
    content = old_file(empty_shop.database).read_bytes()
    for command in (["data", "list"], ["run", empty_shop.portfolio()], ["verdict", 1]):
        told = empty_shop.kairos(*command)
        assert (told.code, told.out) == (2, "")
        assert told.error == (
            "kairos.db: has schema 0003, this Kairos works with 0004; "
            "`kairos db upgrade` brings it there, after a backup"
        )
    refused = empty_shop.kairos("db", "upgrade")
    assert refused.code == 2
    assert refused.error.endswith("; say --yes to upgrade it")
    assert empty_shop.database.read_bytes() == content
    assert [*empty_shop.folder.glob("*.db")] == [empty_shop.database]


def test_an_old_database_has_its_upkeep(empty_shop: Shop) -> None:
    """It can be looked at, checked and backed up as it is."""
    old_file(empty_shop.database, "0002")
    assert "0002, to be upgraded: kairos db upgrade" in empty_shop.kairos("db", "info").out
    assert empty_shop.kairos("db", "check").out.endswith("(schema 0002)\n")
    assert empty_shop.kairos("db", "backup", "kept.db").code == 0
    assert empty_shop.kairos("db", "vacuum").code == 0


def test_an_upgrade_is_told_with_its_backup(empty_shop: Shop) -> None:
    """Then the command that was refused works, and there is nothing more to upgrade."""
    old_file(empty_shop.database)
    told = empty_shop.kairos("db", "upgrade", "--yes")
    assert (told.code, told.out) == (0, "")
    (kept,) = empty_shop.folder.glob("kairos.schema-0003.*.db")
    assert told.err == (f"kairos.db: upgraded from 0003 to 0004; as it was before: {kept}\n")
    assert empty_shop.kairos("data", "list").code == 0
    again = empty_shop.kairos("db", "upgrade", "--yes")
    assert again.out == "kairos.db: has schema 0004 already, nothing to upgrade\n"


def test_an_upgrade_without_a_backup_is_asked_for(empty_shop: Shop) -> None:
    """--no-backup: there is one already."""
    old_file(empty_shop.database)
    told = empty_shop.kairos("db", "upgrade", "--yes", "--no-backup")
    assert told.err == "kairos.db: upgraded from 0003 to 0004\n"
    assert [*empty_shop.folder.glob("*.db")] == [empty_shop.database]


@pytest.mark.parametrize(
    ("answer", "code", "schema"), [("y", 0, "0004"), ("", 2, "0003"), ("no", 2, "0003")]
)
def test_on_a_terminal_somebody_is_asked(
    empty_shop: Shop, answer: str, code: int, schema: str
) -> None:
    """After a yes the command is carried out; its output has nothing of the question in it."""
    old_file(empty_shop.database)
    ours, theirs = pty.openpty()
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "infrastructure.cli", "data", "list"]
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        command,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=empty_shop.folder,
        env=os.environ | {"PYTHONPATH": search},
        check=False,
        timeout=60,
    )
    os.close(theirs)
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "Upgrade it now? A backup is taken first. [y/N]" in said
    assert done.returncode == code
    assert (b"QQQ" in done.stdout) == (code == 0)
    with closing(sqlite3.connect(empty_shop.database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (schema,)
