"""`kairos runs`: what a user types, and what stands on the screen."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_setup import Shop
from sqlalchemy import update

from infrastructure.database.engine import Database, open_database
from infrastructure.database.models import backtest_runs
from infrastructure.strategy_management.strategy_creation import StrategyCreation
from tests.database.ledger_samples import run_record, strategy

HOSTILE = "x\x1b[31m\u202e\u200b\ny"


@contextmanager
def opened(shop: Shop) -> Iterator[Database]:
    """The shop's database."""
    with closing(open_database(shop.database)) as database:
        yield database


def store(shop: Shop, count: int = 1, **run: Any) -> None:
    """Runs without bars, each with these columns."""
    columns = {"portfolio_json": {"portfolio_name": "p", "strategies": []}, **run}
    with opened(shop) as database:
        for _ in range(count):
            StrategyCreation(database).save_run(run_record(strategies=[strategy()], **columns))


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def ran(shop: Shop) -> Shop:
    """A folder with a run of a month of bars, and another with a higher target."""
    assert shop.kairos("run", shop.portfolio()).code == 0
    path = shop.folder / "config" / "strategies" / "single.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "risk_reward": 3.0}))
    assert shop.kairos("run", shop.folder / "config/portfolios/single.json").code == 0
    return shop


def test_a_run_is_found_shown_compared_marked_exported_and_deleted(
    ran: Shop, tmp_path: Path
) -> None:
    """One after the other, on runs that `kairos run` made."""
    listed = ran.kairos("runs", "list", "--where", "trades > 0", "--symbol", "QQQ")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == ["run", "2", "1"]
    shown = ran.kairos("runs", "show", 1, "--trades", 2).out
    assert shown.startswith("Run 1 · single\n")
    assert "risk_reward 2.0" in shown
    assert shown.count("QQQ") >= 3
    compared = ran.kairos("runs", "compare", 1, 2).out
    row = next(line for line in compared.splitlines() if "risk_reward" in line)
    assert row.split() == ["single", "candles:risk_reward", "2.0", "3.0"]
    assert compared.index("Configs") < compared.index("Figures") < compared.index("Trades of run 1")
    assert ran.kairos("runs", "tag", 1, 2, "good").out == "tagged 2 runs: 2 new tags\n"
    assert ran.kairos("runs", "tag", "-d", 1, "good").out == "took 1 tag off run 1\n"
    assert ran.kairos("runs", "tag").out == "good  1 run\n"
    assert ran.kairos("runs", "note", 2, "looks fine").out == "run 2: noted\n"
    assert "looks fine" in ran.kairos("runs", "show", 2).out
    for what in ("trades", "orders", "equity"):
        file = tmp_path / f"{what}.csv"
        wrote = ran.kairos("runs", "export", 1, 2, "--what", what, "--output", file)
        assert wrote.out.startswith("wrote ")
        assert {row["run_id"] for row in rows_of(file)} == {"1", "2"}
    deleted = ran.kairos("runs", "delete", 2, "--yes")
    assert deleted.out.startswith("deleted 1 run, ")
    assert ran.kairos("runs", "show", 2).error.startswith("run 2: was deleted on ")
    again = ran.kairos("run", ran.folder / "config/portfolios/single.json", "--json")
    assert json.loads(again.out)["run_id"] == 3


def test_json_is_one_document_and_nothing_else(ran: Shop) -> None:
    """Of a list, a run and a comparison; moments are texts."""
    listed = json.loads(ran.kairos("runs", "list", "--json", "--limit", 1).out)
    assert (listed["matching"], listed["stored"], len(listed["runs"])) == (2, 2, 1)
    assert listed["runs"][0]["symbols"] == ["QQQ"]
    shown = json.loads(ran.kairos("runs", "show", 1, "--json", "--trades", 3).out)
    assert shown["run"]["run_id"] == 1
    assert len(shown["trades"]) == 3
    assert shown["strategies"][0]["config"]["risk_reward"] == 2.0
    assert shown["evidence"]["configs_digest"]
    compared = json.loads(ran.kairos("runs", "compare", 1, 2, "--json").out)
    changed = {each["key"]: each["values"] for each in compared["configs"]}
    assert changed["single candles:risk_reward"] == {"1": 2.0, "2": 3.0}
    net = next(each for each in compared["figures"] if each["key"] == "net_profit")
    assert net["difference"]["2"] == pytest.approx(net["values"]["2"] - net["values"]["1"])


def test_a_synthetic_run_is_marked_wherever_it_is_shown(empty_shop: Shop) -> None:
    """In the list before its figures, on its page and in a comparison."""
    store(empty_shop, synthetic=True)
    store(empty_shop)
    listed = empty_shop.kairos("runs", "list").out.splitlines()
    assert listed[2].split()[:2] == ["1", "SYNTHETIC"]
    assert "SYNTHETIC" not in listed[1]
    assert "no figure of such a run says anything about a market" in listed[-1]
    assert empty_shop.kairos("runs", "show", 1).out.count("SYNTHETIC") == 3
    assert "SYNTHETIC" not in empty_shop.kairos("runs", "show", 2).out
    assert empty_shop.kairos("runs", "compare", 1, 2).out.count("SYNTHETIC") == 1


def test_an_empty_ledger_says_so(empty_shop: Shop) -> None:
    """And what makes a run; so does one in which none fulfils what was asked."""
    line = "kairos.db has no runs; `kairos run PORTFOLIO.json` makes one\n"
    assert empty_shop.kairos("runs", "list").out == line
    store(empty_shop, 2)
    none = empty_shop.kairos("runs", "list", "--where", "trades > 99")
    assert none.out == "no run fulfils this; kairos.db has 2 runs\n"
    assert none.code == 0


def test_a_list_says_how_many_there_are(empty_shop: Shop) -> None:
    """Where it shows only some of them."""
    store(empty_shop, 23)
    lines = empty_shop.kairos("runs", "list").out.splitlines()
    assert len(lines) == 22
    assert lines[-1] == "20 of 23 runs; --limit shows more"
    assert len(empty_shop.kairos("runs", "list", "--limit", 30).out.splitlines()) == 24


def test_a_list_in_a_file_has_all_runs(empty_shop: Shop) -> None:
    """Unless a limit was said; a file that is there stays."""
    store(empty_shop, 23)
    asked = ("runs", "list", "--sort", "run_id", "--output", "x.csv")
    assert empty_shop.kairos(*asked).out == "wrote 23 runs to x.csv\n"
    assert empty_shop.kairos(*asked).error.startswith("x.csv: is there already; ")
    few = empty_shop.kairos(*asked, "--limit", 2, "--force")
    assert few.out == "wrote 2 runs to x.csv\n"
    assert [row["run_id"] for row in rows_of(Path("x.csv"))] == ["1", "2"]


def test_names_that_would_command_a_terminal_are_shown_escaped(empty_shop: Shop) -> None:
    """Whoever wrote them into the ledger: colours, changed directions, new lines."""
    store(empty_shop, 2)
    with opened(empty_shop) as database, database.write() as connection:
        connection.execute(update(backtest_runs).values(portfolio_name=HOSTILE))
    empty_shop.kairos("runs", "note", 1, f"n{HOSTILE}")
    for words in (("list",), ("show", 1), ("compare", 1, 2), ("note", 1)):
        printed = empty_shop.kairos("runs", *words).out
        assert "x\\x1b[31m\\u202e" in printed
        assert all(each.isprintable() for each in printed.split("\n"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--where", "sharp > 1"), "--where: at character 1: no column of runs is called"),
        (("list", "--where", "x" * 100_000), "--where: expected at most 2,000 characters; found"),
        (("list", "--sort", "-x"), '--sort: no column of runs is called "x"'),
        (("list", "--since", "2024-13-01"), "expected a date such as 2024-01-31"),
        (("list", "--since", "2024-01-02", "--until", "2024-01-01"), "--until: expected a date"),
        (("list", "--limit", 0), "must be greater than or equal to 1"),
        (("list", "--tag", HOSTILE), "--tag: expected a name without control characters"),
        (("list", "--output", "x.pdf"), "x.pdf: expected a name that ends in .csv, .csv.gz"),
        (("show", 9), "run 9: no such run; kairos.db has 1; `kairos run"),
        (("show", 0), "run 0: no such run"),
        (("show", 10**40), "no such run"),
        (("show", "x"), "must be a valid integer"),
        (("compare", 1), "expected 2 to 50 different runs; found 1"),
        (("tag", "good", 1), '"1": expected the numbers of runs before the tags'),
        (("tag", "-d", 1), "kairos runs tag --delete: expected runs and the tags"),
        (("note", 1, ""), "run 1: expected a note of 1 to 10,000; found 0 characters"),
        (("export", 1), "missing option"),
        (("export", 1, "--output", "x.csv", "--what", "all"), "'all' is not one of"),
        (("export", 2, "--output", "x.csv"), "run 2: no such run"),
        (("delete", 7, "--yes"), "run 7: no such run"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    empty_shop: Shop, words: tuple[object, ...], said: str
) -> None:
    """Exit code 2, nothing written: the run stays as it was, and no file is there."""
    store(empty_shop)
    done = empty_shop.kairos("runs", *words)
    assert done.code == 2
    assert said in done.error
    assert done.error.isprintable()
    assert [each.name for each in empty_shop.folder.iterdir() if each.name.startswith("x")] == []
    assert '"matching": 1' in empty_shop.kairos("runs", "list", "--json").out


class Terminal:
    """Somebody who is there and types one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def isatty(self) -> bool:
        """Yes."""
        return True

    def readline(self, *_: object) -> str:
        """What was typed."""
        return f"{self._answer}\n"

    read = readline
    encoding, errors = "utf-8", "strict"


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("n", 1), ("", 1)])
def test_a_deletion_is_asked_about(
    empty_shop: Shop, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    """With the number of rows that would go; only a yes is one."""
    store(empty_shop)
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    done = empty_shop.kairos("runs", "delete", 1)
    assert "Delete 1 run, 2 trades, 1 refusal, 3 equity marks for good?" in done.out + done.err
    assert done.code == left
    assert f'"stored": {left}' in empty_shop.kairos("runs", "list", "--json").out


def test_where_nobody_can_be_asked_nothing_is_deleted(
    empty_shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One line that tells what would go and what to say."""
    store(empty_shop)
    with (tmp_path / "nobody").open("w+") as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        done = empty_shop.kairos("runs", "delete", 1)
    assert done.code == 2
    assert done.error.endswith("nothing was deleted; say --yes")
    assert '"stored": 1' in empty_shop.kairos("runs", "list", "--json").out
