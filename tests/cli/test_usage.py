"""The command line itself: help, versions, schemas, and words it does not know."""

import json

import pytest
from cli_setup import Shop

COMMANDS = ["", "run", "audit", "schema", "strategies", "chart", "data"]
COMMANDS += ["sweep", "trial", "walk-forward", "gates", "verdict"]
COMMANDS += [f"data {name}" for name in ("import", "list", "show", "check", "mend", "history")]
COMMANDS += [f"data {name}" for name in ("adjust", "plot", "export", "remove")]
COMMANDS += ["data download", "data sample"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(empty_shop: Shop, command: str) -> None:
    """On standard output, in at most 80 columns, with exit code 0."""
    done = empty_shop.kairos(*command.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: kairos {command}".rstrip())
    assert max(map(len, done.out.splitlines())) <= 80
    shown = done.out.replace("[ARGS]...", "").replace("}...", "").replace("FILE...", "")
    assert "..." not in shown


@pytest.mark.parametrize("command", ["", "data"])
def test_a_group_alone_shows_its_help(empty_shop: Shop, command: str) -> None:
    """On standard error, because nothing was done."""
    done = empty_shop.kairos(*command.split())
    assert done.code == 2
    assert done.out == ""
    assert "Commands:" in done.err


def test_main_py_has_help_too(empty_shop: Shop) -> None:
    """With the options of `kairos run`, and no portfolio to name."""
    done = empty_shop.everything("--help")
    assert done.code == 0
    assert done.out.startswith("Usage: python main.py [OPTIONS]\n")
    for option in ("--db", "--start", "--end", "--fill-policy", "--json"):
        assert option in done.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("run", "missing argument 'PORTFOLIO.json' (see `kairos run --help`)"),
        ("rum", "no such command 'rum'. Did you mean 'run'? (see `kairos --help`)"),
        ("run p.json --jsn", "no such option: --jsn"),
        ("run p.json more", "unexpected extra argument"),
        ("run p.json --start 2024-02-30", "'--start': expected a date such as 2024-01-31"),
        ("run p.json --fill-policy stop", "'stop_first', 'target_first', 'detail'"),
        ("schema portfolios", "'strategy', 'portfolio'"),
        ("data mend QQQ", "missing option '--remove' (see `kairos data mend --help`)"),
        ("chart QQQ --signal last", "'--signal'"),
    ],
)
def test_a_slip_on_the_command_line_is_one_line(
    empty_shop: Shop, arguments: str, line: str
) -> None:
    """What is wrong, and which help tells more; exit code 2."""
    done = empty_shop.kairos(*arguments.split())
    assert done.code == 2
    assert line in done.error
    assert done.out == ""


def test_version(empty_shop: Shop) -> None:
    """Name and number."""
    assert empty_shop.kairos("--version").out.startswith("kairos 0.")


@pytest.mark.parametrize("kind", ["strategy", "portfolio", ""])
def test_schema_prints_json(empty_shop: Shop, kind: str) -> None:
    """One JSON Schema and nothing else."""
    schema = json.loads(empty_shop.kairos("schema", *kind.split()).out)
    assert schema["title"] == " ".join(f"Kairos {kind} config".split())


def test_strategies_lists_classes_with_their_parameters(empty_shop: Shop) -> None:
    """Class, file, what it does, and each parameter with type and default."""
    lines = empty_shop.kairos("strategies").out.splitlines()
    row = lines.index("TightCandleStrategy  strategies/tight_candle_strategy.py")
    assert lines[row + 2 : row + 4] == [
        "    tightness_threshold: float = 0.1",
        "    wick_ratio_threshold: float = 2.0",
    ]
