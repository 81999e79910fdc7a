"""The tables that people read."""

import io
import re

import pytest
from report_setup import BOTH_TOUCHED, QUIET, bars, day_with, result
from rich.console import Console

from infrastructure.reporting.console import print_report, report
from infrastructure.strategy_management.run_result import RunResult

QUIET_DAYS = [day_with(), day_with()]


def printed(run: RunResult, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The report as it goes into a file or a pipe."""
    monkeypatch.setenv("COLUMNS", str(columns))
    file = io.StringIO()
    print_report(run, file)
    return file.getvalue()


def lines_with(text: str, start: str) -> list[str]:
    """Lines that start so."""
    return [line for line in text.splitlines() if line.startswith(start)]


def test_one_table_for_each_strategy_and_one_for_the_portfolio(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the portfolio's order, the portfolio last."""
    run = result(bars(*QUIET_DAYS, symbol="A"), bars(*QUIET_DAYS, symbol="B"))
    text = printed(run, 80, monkeypatch)
    titles = re.findall(r"^(?:Strategy|Portfolio) · [^·\n]+", text, flags=re.MULTILINE)
    assert [title.strip() for title in titles] == [
        "Strategy · First",
        "Strategy · Second",
        "Portfolio · By hand",
    ]
    assert "40,000.00 of it not allocated" in text
    assert "Run 7, stored in some.db." in text
    assert "Checked against VectorBT's engine: largest difference below 0.00000001." in text


def test_a_table_has_every_figure_that_the_issue_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its label, in the strategy's and in the portfolio's table."""
    text = printed(result(bars(*QUIET_DAYS)), 80, monkeypatch)
    labels = (
        "Net profit", "CAGR", "Sharpe", "Sortino", "Max drawdown", "  lasted", "Worst day",
        "  limit", "Trades", "Win rate", "Profit factor", "Expectancy", "SQN", "Exposure",
        "Refused", "Ambiguous",
    )  # fmt: skip
    for label in labels:
        assert len(re.findall(rf"(?:^|  ){label.strip()} ", text, flags=re.MULTILINE)) >= 2, label


@pytest.mark.parametrize("columns", [30, 50, 80, 120, 300])
def test_no_figure_is_cut_at_any_width(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Narrow terminals get longer tables, wide ones no wider than 80 characters."""
    run = result(bars(day_with(QUIET, BOTH_TOUCHED), day_with()), capital=9e9)
    text = printed(run, columns, monkeypatch)
    assert "…" not in text
    assert "\x1b" not in text
    if columns >= 80:
        assert max(map(len, text.splitlines())) <= 80
    profit = f"{run.backtest.metrics.net_profit:,.2f}"
    assert text.count(profit) >= 2
    assert len(re.findall(r"Slippage +0\.00", text)) == 2


def test_figures_that_do_not_exist_are_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a trade there is no win rate, no factor, no drawdown that lasted."""
    text = printed(result(bars(*QUIET_DAYS), signals_at=()), 80, monkeypatch)
    for label in ("Sharpe", "Win rate", "Profit factor", "Expectancy", "SQN", "  lasted"):
        assert re.search(rf"{label} +-(?: |$)", text, flags=re.MULTILINE), label
    assert "nan" not in text.lower()
    assert "-0.00" not in text
    assert lines_with(text, "Refused") == ["Refused       no signal"] * 2


def test_an_ambiguous_trade_shows_the_result_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop first loses what target first wins: 0.5 % of 30,000 at one R."""
    text = printed(result(bars(day_with(QUIET, BOTH_TOUCHED), day_with())), 80, monkeypatch)
    told = "Ambiguous     1 of 1 trades: stop and target inside one bar; 1 undecided"
    assert lines_with(text, "Ambiguous") == [told] * 2
    (first, _), (target, _) = lines_with(text, "  stop first"), lines_with(text, "  target first")
    assert first.split()[2] == "-150.00"
    assert target.split()[2] == "150.00"


def test_a_strategy_that_no_bar_left_unclear_has_no_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the strategy with the ambiguous trade and the account show both ways."""
    run = result(
        bars(*QUIET_DAYS, symbol="A"), bars(day_with(QUIET, BOTH_TOUCHED), day_with(), symbol="B")
    )
    text = printed(run, 80, monkeypatch)
    assert len(lines_with(text, "  target first")) == 2
    assert lines_with(text, "Ambiguous")[0] == "Ambiguous     no trade"


def test_refusals_are_told_by_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second signal while the first is held, and one on the session's last bar."""
    run = result(bars(day_with(), day_with()), signals_at=(0, 3, 12))
    text = printed(run, 80, monkeypatch)
    told = "Refused       2 of 3 signals: position_open 1 · session_end 1"
    assert lines_with(text, "Refused") == [told] * 2


def test_a_day_beyond_the_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap through the stop may pass the limit; the portfolio's table says so."""
    crash = (10.0, 11.0, 9.0, 10.0)
    run = result(bars([QUIET, QUIET, crash], day_with()), allocation=100.0)
    assert run.backtest.metrics.worst_day_pct < -2.0
    assert printed(run, 80, monkeypatch).count("-2.00 %, exceeded") == 1


def test_synthetic_bars_are_labelled_wherever_they_were_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The titles and columns of the strategy on demo bars and of the account; not the others."""
    run = result(bars(*QUIET_DAYS, symbol="REAL"), bars(*QUIET_DAYS, symbol="QQQ", source="demo"))
    text = printed(run, 80, monkeypatch)
    assert lines_with(text, "By hand")[0].endswith("SYNTHETIC")
    first, second = lines_with(text, "Strategy")
    assert "SYNTHETIC" not in first
    assert second.endswith("SYNTHETIC")
    assert lines_with(text, "Portfolio")[0].endswith("SYNTHETIC")
    assert len(re.findall(r"^ +SYNTHETIC +SYNTHETIC$", text, flags=re.MULTILINE)) == 2
    assert text.splitlines()[-1] == "  kairos data import FILE --symbol QQQ --interval 30m"


def test_a_terminal_gets_colours_and_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bold titles, dim units; without the codes it is the plain report."""
    run = result(bars(*QUIET_DAYS))
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard")
    with console.capture() as captured:
        console.print(report(run))
    coloured = captured.get()
    assert "\x1b[1m" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    words = printed(run, 80, monkeypatch)
    assert [line.rstrip() for line in plain.splitlines()] == words.splitlines()


def test_a_name_with_markup_is_printed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets and emoji codes in a config are text."""
    run = result(bars(*QUIET_DAYS), names=("[bold]x[/bold] :smile:",))
    assert "[bold]x[/bold] :smile:" in printed(run, 80, monkeypatch)


def test_a_pipe_without_utf8_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hyphens instead of rules and dots, where the encoding has none."""
    monkeypatch.setenv("COLUMNS", "80")
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    print_report(result(bars(*QUIET_DAYS)), file)
    file.flush()
    assert "-" * 80 in raw.getvalue().decode("ascii")
