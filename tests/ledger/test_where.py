"""Conditions on runs mean what they say, on both databases, and are never SQL."""

import operator
from datetime import UTC, datetime
from typing import Any

import pytest
from asking_setup import listed, store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.listing import list_runs
from infrastructure.ledger.asking.where import DEEPEST, condition_of
from infrastructure.ledger.asking.where_words import LONGEST

Row = dict[str, Any]

ROWS: list[Row] = [
    {"sharpe": None, "trades": 10, "portfolio_name": "QQQ", "synthetic": True},
    {"sharpe": -1.0, "trades": 30, "portfolio_name": "it's 100%", "synthetic": False},
    {"sharpe": 0.5, "trades": None, "portfolio_name": "qqq_2", "synthetic": False},
    {"sharpe": 2.0, "trades": 30, "portfolio_name": "b\\", "synthetic": True},
]
SIGNS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def stored_rows(database: Database) -> None:
    """The rows as runs 1 to 4."""
    for row in ROWS:
        store(database, **row)


# --- what it means, held against three-valued logic in plain Python -------------------------------

Judge = Any


def compared(name: str, sign: str, value: Any) -> Judge:
    """True, False, or None where the column has no value."""
    return lambda row: None if row[name] is None else SIGNS[sign](row[name], value)


def negated(judge: Judge) -> Judge:
    """Not: what is unknown stays so."""
    return lambda row: None if judge(row) is None else not judge(row)


def joined(word: str, one: Judge, other: Judge) -> Judge:
    """And, or: what is unknown counts only where the other does not decide."""
    deciding = word == "or"

    def judge(row: Row) -> bool | None:
        found = (one(row), other(row))
        if deciding in found:
            return deciding
        return None if None in found else not deciding

    return judge


def leaves() -> st.SearchStrategy[tuple[str, Judge]]:
    """(text, judge) of one comparison."""
    numbers = st.tuples(
        st.sampled_from(["sharpe", "trades"]),
        st.sampled_from(sorted(SIGNS)),
        st.sampled_from([-1, 0.5, 2, 30, 1e30]),
    ).map(lambda each: (f"{each[0]}{each[1]}{each[2]}", compared(*each)))
    names = st.sampled_from(["=", "!="]).map(
        lambda sign: (f"portfolio_name {sign} 'QQQ'", compared("portfolio_name", sign, "QQQ"))
    )
    nothing = st.sampled_from(["sharpe", "trades"]).map(
        lambda name: (f"{name} IS NULL", lambda row: row[name] is None)
    )
    return st.one_of(numbers, names, nothing, st.just(("synthetic", lambda row: row["synthetic"])))


def conditions() -> st.SearchStrategy[tuple[str, Judge]]:
    """(text, judge) of any condition: every join in brackets, so that the text is no riddle."""
    return st.recursive(
        leaves(),
        lambda part: st.one_of(
            part.map(lambda one: (f"not {one[0]}", negated(one[1]))),
            st.tuples(st.sampled_from(["and", "or"]), part, part).map(
                lambda each: (
                    f"({each[1][0]} {each[0]} {each[2][0]})",
                    joined(each[0], each[1][1], each[2][1]),
                )
            ),
        ),
        max_leaves=8,
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=conditions())
def test_a_condition_finds_what_plain_python_finds(
    database: Database, condition: tuple[str, Judge]
) -> None:
    """Three-valued logic: a run is found where the condition is true, not where it is unknown."""
    if not listed(database):
        stored_rows(database)
    text, judge = condition
    assert listed(database, text) == [n for n, row in enumerate(ROWS, 1) if judge(row) is True]


TYPED = {
    "sharpe > 1 or sharpe < 0 and trades = 30": [2, 4],
    "(sharpe > 1 or sharpe < 0) and synthetic": [4],
    "not sharpe > 1": [2, 3],
    "not synthetic and not sharpe<0": [3],
    "SHARPE>=.5 AND NOT Sharpe IS NULL": [3, 4],
    "sharpe is not null": [2, 3, 4],
    "1 < sharpe": [4],
    "+2e0 == sharpe": [4],
    "trades > sharpe": [2, 4],
    "synthetic = true": [1, 4],
    "synthetic <> true": [2, 3],
    "portfolio_name = 'it''s 100%'": [2],
    'portfolio_name = "it\'s 100%"': [2],
    "portfolio_name like 'qq%'": [1, 3],
    "portfolio_name not like 'q%'": [2, 4],
    "portfolio_name like '%100%%'": [2],
    "portfolio_name like 'b\\'": [4],
    "portfolio_name like 'QQQ__'": [3],
    "run_id > 2 and run_id != 3": [4],
    "((((run_id = 1))))": [1],
}


def test_what_is_typed_is_what_is_found(database: Database) -> None:
    """And binds closer than or; names and words in any case; texts as they stand."""
    stored_rows(database)
    assert {text: listed(database, text) for text in TYPED} == TYPED


DATED = {
    "execution_date = 2024-03-10": [2, 3],
    "execution_date != 2024-03-10": [1, 4],
    "execution_date < 2024-03-10": [1],
    "execution_date <= 2024-03-10": [1, 2, 3],
    "execution_date > 2024-03-10": [4],
    "execution_date >= '2024-03-10'": [2, 3, 4],
    "2024-03-10 < execution_date": [4],
    "execution_date > 2024-03-10 23:59": [3, 4],
    "execution_date = 2024-03-10T23:59:59": [3],
    "bars_start is null or bars_start <= execution_date": [1, 2, 3, 4],
}


def test_a_date_is_its_whole_day(database: Database) -> None:
    """In UTC, from its first second to its last one."""
    for day, clock in ((9, (23, 59, 59)), (10, (0, 0, 0)), (10, (23, 59, 59)), (11, (0, 0, 0))):
        store(database, execution_date=datetime(2024, 3, day, *clock, tzinfo=UTC))
    assert {text: listed(database, text) for text in DATED} == DATED


# --- what is refused ------------------------------------------------------------------------------

WRONG = [
    ("", "character 1: expected a column such as sharpe; found the end"),
    ("sharp > 1", 'character 1: no column of runs is called "sharp" (did you mean "sharpe"?)'),
    ("zzz > 1", 'is called "zzz"; the columns are run_id, execution_date, '),
    ("sharpe >> 1", 'character 9: expected a column, a number, a date or a quoted text; found ">"'),
    ("sharpe", "character 7: expected a comparison such as = or > after sharpe; found the end"),
    ("sharpe > 1 trades > 2", 'character 12: expected and, or, or the end; found "trades"'),
    ("(sharpe > 1", "character 12: expected and, or, or a closing bracket; found the end"),
    ("sharpe > 1)", 'character 11: expected and, or, or the end; found ")"'),
    ("sharpe > 'high'", "character 10: expected a number beside sharpe; found"),
    ("portfolio_name = 5", 'character 18: expected a quoted text beside portfolio_name; found "5"'),
    ("portfolio_name = qqq", 'no column of runs is called "qqq"'),
    ("execution_date > 5", "expected a date such as 2024-01-31 beside execution_date"),
    ("execution_date > 2024-02-30", "character 18: expected a date such as 2024-01-31"),
    ("execution_date > 9999-12-31", "expected a date such as 2024-01-31"),
    ("execution_date > 'soon'", "expected a date such as 2024-01-31"),
    ("synthetic > true", 'expected = or != after synthetic; found ">"'),
    ("synthetic = 1", "expected true or false beside synthetic"),
    ("sharpe = null", 'character 10: expected `is null` instead of `= null`; found "null"'),
    ("sharpe is 5", 'character 11: expected null; found "5"'),
    ("sharpe like 'x'", "expected a column of text before like"),
    ("portfolio_name like x", "expected a quoted text such as 'qqq%'"),
    ("1 > 2", "expected a column on one side of the comparison"),
    ("sharpe > 1e999", "expected a number below 1e308"),
    ("sharpe > 'x", "character 10: expected a closing ' to this text"),
    ("sharpe > 1; drop table x", "character 11: expected a column, a number, a date"),
    ("sharpe > (select 1)", "character 10: expected a column, a number, a date or a quoted text"),
    ("portfolio_name = 'a\nb'", "expected a word without control characters"),
    ("portfolio_name = 'a\u202eb'", "expected a word without control characters"),
    ("portfolio_name = '\udcff'", "expected a word without control characters"),
    ("sharpe > \u0661", "expected a column, a number, a date"),
    ("(" * (DEEPEST + 1) + "sharpe > 1" + ")" * (DEEPEST + 1), f"at most {DEEPEST} brackets"),
    ("not " * 400 + "synthetic", f"at most {DEEPEST} brackets"),
    ("sharpe > 1 or " * 10_000, f"expected at most {LONGEST:,} characters; found 140,000"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=range(len(WRONG)))
def test_what_makes_no_sense_is_one_line(text: str, said: str) -> None:
    """The line names the option and the place, what was expected there and what stands there."""
    with pytest.raises(ConfigError) as caught:
        condition_of(text)
    line = str(caught.value)
    assert line.startswith("--where: ")
    assert said in line
    assert line.isprintable()


def test_the_longest_condition_there_may_be_is_asked(database: Database) -> None:
    """As many comparisons as fit into it, and as many brackets within one another."""
    stored_rows(database)
    many = " or ".join(["sharpe>1"] * 166)
    assert LONGEST - 20 < len(many) <= LONGEST
    assert listed(database, many) == [4]
    deep = "(" * (DEEPEST - 1) + "sharpe>1" + ")" * (DEEPEST - 1)
    assert listed(database, deep) == [4]


INJECTIONS = [
    "x'; DROP TABLE backtest_runs; --",
    "' OR '1'='1",
    "1) OR 1=1 --",
    "QQQ' UNION SELECT * FROM algo_trades --",
    "%",
    '"; DELETE FROM equity; --',
    "\\'; SELECT 1",
    ":name",
    "%(name)s",
    "$1",
    "?",
]


def test_sql_in_a_name_is_a_name(database: Database) -> None:
    """In every filter it is looked for as it stands: nobody is called so, and nothing happens."""
    stored_rows(database)
    for number, text in enumerate(INJECTIONS, 5):
        quoted = "'" + text.replace("'", "''") + "'"
        assert listed(database, f"portfolio_name = {quoted}") == []
        for name in ("symbols", "strategies", "classes", "portfolios", "tags"):
            assert listed(database, **{name: (text,)}) == []
        with pytest.raises(ConfigError, match="--sort: no column of runs is called"):
            list_runs(database, sort=text)
        assert store(database, portfolio_name=text) == number
        assert listed(database, f"portfolio_name = {quoted}") == [number]
        assert listed(database, portfolios=(text,)) == [number]
