"""The object that other programs read."""

import json
from typing import Any

from report_setup import BOTH_TOUCHED, QUIET, bars, day_with, result

from infrastructure.reporting.json_report import as_json
from infrastructure.strategy_management.run_result import RunResult
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

QUIET_DAYS = [day_with(), day_with()]
FIGURES = {name for each in TradeMetrics.__mro__ for name in getattr(each, "__annotations__", {})}


def strict(run: RunResult) -> dict[str, Any]:
    """The report, read by a parser that takes no NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    report: dict[str, Any] = json.loads(as_json(run), parse_constant=refuse)
    return report


def test_it_holds_every_figure_of_the_account_and_of_each_strategy() -> None:
    """By its name in TradeMetrics, beside what ran."""
    report = strict(result(bars(*QUIET_DAYS, symbol="A"), bars(*QUIET_DAYS, symbol="B")))
    assert list(report) == ["run_id", "portfolio", "strategies"]
    assert report["run_id"] == 7
    assert len(FIGURES) > 30
    assert report["portfolio"].keys() >= FIGURES
    first, second = report["strategies"]
    assert first.keys() == second.keys() >= FIGURES
    assert (first["strategy_name"], first["strategy_id"], first["symbols"]) == ("First", 11, ["A"])
    assert second["allocation_percentage"] == 30.0


def test_an_undefined_figure_is_null() -> None:
    """No trades: no win rate; and no NaN anywhere."""
    report = strict(result(bars(*QUIET_DAYS), signals_at=()))
    assert report["portfolio"]["win_rate_pct"] is None
    assert report["portfolio"]["trades"] == 0


def test_refusals_and_the_interval_are_in_it() -> None:
    """Counts by reason; every figure under each fill policy where a trade was ambiguous."""
    run = result(bars(day_with(QUIET, BOTH_TOUCHED), day_with()), signals_at=(0, 12))
    for part in (strict(run)["portfolio"], strict(run)["strategies"][0]):
        assert part["refused_by_reason"] == {"session_end": 1}
        assert part["ambiguous_trades"] == part["undecided_trades"] == 1
        assert part["both_ways"]["stop_first"]["net_profit"] == -150.0
        assert part["both_ways"]["target_first"]["net_profit"] == 150.0


def test_no_ambiguous_trade_no_interval() -> None:
    """The object is there and empty."""
    assert strict(result(bars(*QUIET_DAYS)))["portfolio"]["both_ways"] == {}


def test_synthetic_is_told_of_the_account_and_of_each_strategy() -> None:
    """One strategy on demo bars makes the account's figures synthetic, not the other's."""
    run = result(bars(*QUIET_DAYS, symbol="A"), bars(*QUIET_DAYS, symbol="QQQ", source="demo"))
    report = strict(run)
    assert report["portfolio"]["synthetic"] is True
    assert report["portfolio"]["synthetic_series"] == ["QQQ 30m"]
    assert [each["synthetic"] for each in report["strategies"]] == [False, True]


def test_period_and_number_of_bars_are_in_it() -> None:
    """First and last session, and the bars of every series once."""
    portfolio = strict(result(bars(*QUIET_DAYS)))["portfolio"]
    assert (portfolio["first_session"], portfolio["last_session"]) == ("2024-01-02", "2024-01-03")
    assert portfolio["bars"] == 26
    assert portfolio["execution_date"] == "2026-01-02T03:04:00+00:00"


def test_one_line_for_a_stream_of_runs() -> None:
    """indent=None keeps an object on a line of its own."""
    assert "\n" not in as_json(result(bars(*QUIET_DAYS)), indent=None)
