"""`kairos db` on what is no sound database: one line, exit code 2, and the data as before."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from cli_setup import Outcome, Shop

from infrastructure.database.engine import open_database
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_programs import needs_fork, program
from tests.database.ledger_samples import half_runs, rows, run_record
from tests.database.upkeep_samples import old_file

COMMANDS = {
    "info": ["db", "info"],
    "check": ["db", "check"],
    "quick check": ["db", "check", "--quick"],
    "backup": ["db", "backup", "kept.db"],
    "vacuum": ["db", "vacuum"],
    "upgrade": ["db", "upgrade", "--yes"],
}
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
FLAGS = re.MULTILINE | re.DOTALL
CHANGING = ["backup", "vacuum", "upgrade"]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two runs, closed."""
    path = tmp_path_factory.mktemp("stored") / "kairos.db"
    with closing(open_database(path)) as database:
        for _ in range(2):
            StrategyCreation(database).save_run(run_record(1_000))
    return path


def refused(told: Outcome) -> str:
    """The one line that a command ended with."""
    assert (told.code, told.out) == (2, "")
    return told.error


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder; an index of the log and an empty log hold no data."""
    found = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}
    return {
        name: content
        for name, content in found.items()
        if (content and not name.endswith("-shm")) or not name.startswith("kairos.db-")
    }


@every_command
def test_a_file_that_is_not_there_is_not_made(empty_shop: Shop, command: list[str]) -> None:
    """Nor its folder; a folder is no file; whatever the command."""
    (empty_shop.folder / "folder").mkdir()
    for given, told in {
        "nowhere.db": "nowhere.db: there is no such file; give the --db that is meant",
        "no/where.db": "no/where.db: the folder no does not exist; create it first",
        "folder": "folder: is a folder; give the path of a file, such as folder/kairos.db",
    }.items():
        assert refused(empty_shop.kairos(*command, "--db", given)) == told
    assert files(empty_shop.folder) == {}


@every_command
def test_what_is_no_ledger_is_left_alone(empty_shop: Shop, command: list[str]) -> None:
    """Another program's database, another kind of file, an empty one."""
    with closing(sqlite3.connect(empty_shop.folder / "places.db")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    (empty_shop.folder / "bars.csv").write_text("Date,Open,High\n" * 400)
    (empty_shop.folder / "empty.db").touch()
    before = files(empty_shop.folder)
    for given, told in {
        "places.db": "found another program's tables (bookmarks)",
        "bars.csv": "is not a sound SQLite database",
        "empty.db": "expected a Kairos database; found an empty one",
    }.items():
        assert told in refused(empty_shop.kairos(*command, "--db", given))
    assert files(empty_shop.folder) == before


def damaged(content: bytes, how: str) -> bytes:
    """A file that was cut off, or written over somewhere."""
    if how.startswith("cut"):
        return content[: int(len(content) * float(how.split()[1]))]
    first = int(how.split()[1])
    return content[:first] + b"\xa5" * 4_096 + content[first + 4_096 :]


@pytest.mark.parametrize(
    "how", ["cut 0.3", "cut 0.9", "over 0", "over 100", "over 4096", "over 60000", "over 300000"]
)
@every_command
def test_damage_is_told_and_not_spread(
    empty_shop: Shop, stored: Path, command: list[str], how: str
) -> None:
    """No backup of it is kept, it is not rewritten; only a glance may miss it."""
    empty_shop.database.write_bytes(damaged(stored.read_bytes(), how))
    before = files(empty_shop.folder)
    told = empty_shop.kairos(*command)
    if told.out and command[1] == "check":
        assert told.code == 2
        assert "damage: " in told.out
    elif command[1] in ("info", "upgrade") and told.code == 0:
        assert told.err == ""
    else:
        assert "sound" in refused(told)
    assert files(empty_shop.folder) == before


@every_command
def test_a_newer_ledger_is_for_a_newer_kairos(
    empty_shop: Shop, stored: Path, command: list[str]
) -> None:
    """Even its upkeep."""
    copyfile(stored, empty_shop.database)
    with closing(sqlite3.connect(empty_shop.database)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    before = files(empty_shop.folder)
    assert "found 9999, made by a newer Kairos" in refused(empty_shop.kairos(*command))
    assert files(empty_shop.folder) == before


def test_a_locked_ledger_can_be_looked_at(empty_shop: Shop, stored: Path) -> None:
    """What only reads does not wait; what changes it says who is in the way, and can later."""
    copyfile(stored, empty_shop.database)
    given = ["--db", "sqlite:///kairos.db?timeout=0.1"]
    other = sqlite3.connect(empty_shop.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for name in ("info", "check", "quick check", "backup", "upgrade"):
        assert empty_shop.kairos(*COMMANDS[name], *given).code == 0
    told = "kairos.db: is locked by another program; close what is writing to it and run again"
    assert refused(empty_shop.kairos("db", "vacuum", *given)) == told
    other.execute("ROLLBACK")
    other.close()
    assert empty_shop.kairos("db", "vacuum", *given).code == 0


def test_a_locked_older_ledger_is_not_upgraded(empty_shop: Shop) -> None:
    """And no backup is taken for nothing."""
    old_file(empty_shop.database)
    before = files(empty_shop.folder)
    with closing(sqlite3.connect(empty_shop.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        given = ["--db", "sqlite:///kairos.db?timeout=0.1"]
        told = refused(empty_shop.kairos(*COMMANDS["upgrade"], *given))
    assert "kairos.db: is locked by another program" in told
    assert files(empty_shop.folder) == before


def outcomes(how: object, *lines: str) -> list[tuple[str, str]]:
    """What each of these commands printed in a process of its own, and how it ended."""
    said = "\n".join(program("kairos", how, *lines))
    return [(text.strip(), code) for text, code in re.findall(r"(.*?)^exit (\d+)$", said, FLAGS)]


@needs_fork
@pytest.mark.parametrize("old", [False, True])
def test_a_read_only_ledger_can_be_looked_at(stored: Path, public_folder: Path, old: bool) -> None:
    """A user without the right to write gets one line from what changes it; the file no byte."""
    path = public_folder / "kairos.db"
    if old:
        old_file(path)
    else:
        copyfile(stored, path)
    path.chmod(0o444)
    public_folder.chmod(0o777)
    before = files(public_folder)
    changing = ["vacuum", *(["upgrade --yes"] if old else [])]
    lines = [f"db {each} --db {path}" for each in ("info", "check", *changing)]
    looked, changed = (found := outcomes("locked_out", *lines))[:2], found[2:]
    assert [code for _, code in looked] == ["0", "0"]
    for told, code in changed:
        assert code == "2"
        assert told.startswith(f"error: {path}: is read-only; make the file")
        assert "\n" not in told
    assert files(public_folder) == before
    public_folder.chmod(0o555)
    ((told, code),) = outcomes("locked_out", f"db backup --db {path}")
    assert (told.startswith("error: "), "\n" in told, code) == (True, False, "2")
    assert files(public_folder) == before


@needs_fork
@pytest.mark.parametrize("room", [0, 40_000])
@pytest.mark.parametrize("name", CHANGING)
def test_a_full_disk_changes_nothing(empty_shop: Shop, stored: Path, name: str, room: int) -> None:
    """What does not fit is not there; the ledger is as it was, and sound."""
    if name == "upgrade":
        old_file(empty_shop.database)
    else:
        copyfile(stored, empty_shop.database)
    before = dump(empty_shop.database)
    most = room if name == "backup" else empty_shop.database.stat().st_size // 2 + room
    line = {"backup": f"db backup {empty_shop.folder / 'kept.db'}", "vacuum": "db vacuum"}
    line["upgrade"] = "db upgrade --yes"
    ((told, code),) = outcomes(most, f"{line[name]} --db {empty_shop.database}")
    assert (told.startswith("error: "), "\n" in told, code) == (True, False, "2")
    assert dump(empty_shop.database) == before
    assert [*empty_shop.folder.glob("*kept*")] == []
    assert [*empty_shop.folder.glob("*unfinished*")] == []


def dump(path: Path) -> list[str]:
    """All of a database, as SQL; it must be sound."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [*connection.iterdump()]


@pytest.mark.parametrize("how", ["as it was", "gone", "cut", "spoilt", "of others"])
@pytest.mark.parametrize("what", ["wal", "shm"])
def test_a_lost_log_leaves_whole_runs(
    empty_shop: Shop, stored: Path, tmp_path: Path, what: str, how: str
) -> None:
    """After a crash the log holds the last runs. Damage to it may cost them, never half of one."""
    copyfile(stored, empty_shop.database)
    with closing(open_database(empty_shop.database)) as database:
        for _ in range(3):
            StrategyCreation(database).save_run(run_record(500))
        left = {name: (tmp_path / f"kairos.db{name}").read_bytes() for name in ("", "-wal", "-shm")}
    for name, content in left.items():
        if name == f"-{what}":
            content = spoilt(content, how)
        (tmp_path / f"kairos.db{name}").write_bytes(content)
    if how == "gone":
        (tmp_path / f"kairos.db-{what}").unlink()
    told = empty_shop.kairos("db", "check")
    assert (told.code, told.err) == (0, "")
    with closing(open_database(empty_shop.database)) as database:
        n_runs = rows(database, "SELECT count(*) FROM backtest_runs")[0][0]
        assert half_runs(database) == []
    assert 2 <= n_runs <= 5
    assert n_runs == 5 or what == "wal"


def spoilt(content: bytes, how: str) -> bytes:
    """A log that a failing disk has left."""
    half = len(content) // 2
    return {
        "as it was": content,
        "gone": content,
        "cut": content[: half + 100],
        "spoilt": content[:half] + b"\xa5" * 100 + content[half + 100 :],
        "of others": b"\xa5" * len(content),
    }[how]
