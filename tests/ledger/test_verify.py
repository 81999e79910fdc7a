"""A stored run is proved: identical to the last bit, or the first difference and its cause."""

import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from infrastructure.cli.app import main
from infrastructure.database.engine import Database
from infrastructure.database.models import backtest_runs, environments, metadata
from infrastructure.errors import ConfigError
from infrastructure.ledger.proving.verifying import verify
from infrastructure.reporting.proof_report import proof_lines
from infrastructure.research.walk_forward import walk_forward
from tests.ledger.proof_setup import SINGLE, THREE, change, change_json, run_of


def everything(ledger: Database) -> dict[str, list[object]]:
    """Every row of every table."""
    with ledger.read() as connection:
        return {
            name: list(map(tuple, connection.execute(select(table))))
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize("portfolio", [SINGLE, THREE])
def test_a_run_is_proved_to_the_last_bit(ledger: Database, portfolio: Path) -> None:
    """Each order, trade, refusal, equity mark and figure; nothing is written."""
    made = run_of(ledger, portfolio, fill_policy="detail" if portfolio == SINGLE else "stop_first")
    before = everything(ledger)
    proof = verify(ledger, made.run_id)
    assert (proof.outcome, proof.differences, proof.causes) == ("identical", (), ())
    simulation = made.backtest.simulation
    marks = len(np.unique(simulation.row_session)) * (1 + len(made.backtest.books))
    assert proof.counts == {
        "orders": len(simulation.orders),
        "trades": len(simulation.trades),
        "refusals": len(simulation.refusals),
        "equity": marks,
        "figures": len(made.backtest.metrics.as_dict()) + 5,
    }
    assert len(simulation.orders) == 2 * len(simulation.trades) > 0
    assert everything(ledger) == before


def test_a_walk_forward_is_proved_too(ledger: Database) -> None:
    """Each fold trades what the ledger says that it chose."""
    walked = walk_forward(
        SINGLE,
        {"risk_reward": [1.5, 2.0]},
        train="6m",
        test="6m",
        db_path=ledger.url,
    )
    proof = verify(ledger, walked.run.run_id)
    assert proof.outcome == "identical"
    assert proof.counts["trades"] > 50


def test_an_order_is_the_half_of_a_trade(ledger: Database) -> None:
    """What was bought and sold, at the prices and in the bars of the trades."""
    made = run_of(ledger)
    orders, trades = made.backtest.orders, made.backtest.trades
    signed = np.where(orders["side"] == "buy", 1.0, -1.0) * orders["quantity"]
    assert abs(signed.sum()) < 1e-6
    assert orders["number"].tolist() == list(range(1, len(signed) + 1))
    assert orders["commission"].sum() == pytest.approx(trades["commission"].sum())
    prices = [*trades["entry_price"], *trades["exit_price"]]
    bars = [*trades["entry_timestamp"], *trades["exit_timestamp"]]
    assert sorted(zip(bars, prices, strict=True)) == sorted(
        zip(orders["bar_timestamp"], orders["price"], strict=True)
    )


def test_changed_bars_are_named(ledger: Database) -> None:
    """One bar of the middle made wider: which series, and where the run first differs."""
    made = run_of(ledger)
    stop = made.backtest.trades["entry_timestamp"][200]
    wider = "UPDATE market_bars SET low = low - 5, high = high + 5 WHERE timestamp = :stop"
    change(ledger, wider, stop=int(stop))
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    (cause,) = proof.causes
    assert cause.kind == "bars"
    assert cause.words.startswith("bars changed: QQQ 30m traded: 8,082 bars (")
    first = proof.differences[0]
    assert first.what == "orders"
    assert 1 < first.number <= 402


BY_HAND = {
    "UPDATE algo_trades SET exit_price = exit_price + 1e-9 WHERE trade_id = 3": "exit_price",
    "UPDATE orders SET quantity = quantity + 1 WHERE number = 5": "quantity",
    "DELETE FROM refused_signals WHERE refusal_id = 2": "",
    "UPDATE equity SET equity = equity + 1 WHERE session = '2024-03-04' AND book = 1": "equity",
}
WHAT = ("trades", "orders", "refusals", "equity")


@pytest.mark.parametrize(
    ("statement", "what", "column"),
    [(statement, what, BY_HAND[statement]) for statement, what in zip(BY_HAND, WHAT, strict=True)],
)
def test_a_ledger_changed_by_hand_is_found_out(
    ledger: Database, statement: str, what: str, column: str
) -> None:
    """Whatever row somebody makes better: the run differs there, and the ledger is the cause."""
    made = run_of(ledger)
    change(ledger, statement)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert proof.differences[0].what == what
    if column:
        assert (proof.differences[0].column, proof.differences[0].n_rows) == (column, 1)
    assert [cause.kind for cause in proof.causes] == ["ledger"]
    assert f"the ledger's {what} were changed" in proof.causes[0].words


def test_a_better_sharpe_in_the_list_is_found_out(ledger: Database) -> None:
    """The column that lists show is not the figure that was stored."""
    made = run_of(ledger)
    change(ledger, "UPDATE backtest_runs SET sharpe = 3.5")
    (cause,) = verify(ledger, made.run_id).causes
    assert cause.words == "the ledger's sharpe of the run is not the one of its figures"


def test_a_rule_changed_by_hand_is_found_out(ledger: Database) -> None:
    """A portfolio with another risk in the ledger: the run differs, its config is the cause."""
    made = run_of(ledger)
    change_json(ledger, backtest_runs.c.portfolio_json, "risk.risk_per_trade", 0.25)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert "configs were changed" in proof.causes[0].words


@pytest.mark.parametrize(
    ("digest", "kind", "whose"),
    [
        ("SELECT kairos_code FROM run_evidence", "kairos", "Kairos's"),
        ("SELECT code_digest FROM run_strategy_code", "strategy", "TightCandleStrategy's"),
    ],
)
def test_changed_code_is_named_by_its_file(
    ledger: Database, digest: str, kind: str, whose: str
) -> None:
    """A file that was there when the run was stored; here it made no difference."""
    made = run_of(ledger)
    with_one_more = (
        "UPDATE code_snapshots SET files = json_insert(files, '$.\"infrastructure/bygone.py\"', "
        f"'0') WHERE code_digest = ({digest})"
    )
    change(ledger, with_one_more)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "identical"
    words = f"{whose} code changed: infrastructure/bygone.py (gone)"
    assert [(cause.kind, cause.words) for cause in proof.causes] == [(kind, words)]
    assert any("changed since, and it made no difference" in each for each in proof_lines(proof))


def test_a_changed_library_is_named_with_both_versions(ledger: Database) -> None:
    """numpy of then, numpy of now."""
    made = run_of(ledger)
    with ledger.read() as connection:
        now = connection.execute(select(environments.c.libraries)).scalar_one()["numpy"]
    change_json(ledger, environments.c.libraries, "numpy", "1.0")
    (cause,) = verify(ledger, made.run_id).causes
    assert (cause.kind, cause.words) == ("library", f"libraries changed: numpy 1.0 -> {now}")


def test_a_run_without_its_bars_says_so(ledger: Database) -> None:
    """It cannot be run again, in one line, and that is no proof."""
    made = run_of(ledger)
    change(ledger, "DELETE FROM market_bars")
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "cannot_run"
    assert "QQQ 30m" in proof.why_not
    assert "\n" not in proof.why_not


def test_a_run_of_before_there_was_evidence_is_compared_all_the_same(ledger: Database) -> None:
    """Trades, refusals and equity; that causes cannot be told is said."""
    made = run_of(ledger)
    for table in ("orders", "run_series", "run_evidence"):
        change(ledger, f"DELETE FROM {table}")
    assert verify(ledger, made.run_id).outcome == "identical"
    change(ledger, "UPDATE algo_trades SET net_pnl = net_pnl + 1 WHERE trade_id = 1")
    proof = verify(ledger, made.run_id)
    assert (proof.outcome, proof.causes) == ("differs", ())
    assert any("before Kairos kept evidence" in line for line in proof_lines(proof))


def test_a_better_sharpe_is_found_out_without_evidence_too(ledger: Database) -> None:
    """The list's column and the figure are two words on one thing, in every schema."""
    made = run_of(ledger)
    for table in ("orders", "run_series", "run_evidence"):
        change(ledger, f"DELETE FROM {table}")
    change(ledger, "UPDATE backtest_runs SET sharpe = 3.5")
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert [cause.words for cause in proof.causes] == [
        "the ledger's sharpe of the run is not the one of its figures"
    ]


def test_a_config_that_this_kairos_does_not_know_stops_no_other_proof(ledger: Database) -> None:
    """A key of another Kairos: that run cannot be run again, in the words of the refusal."""
    made = run_of(ledger)
    change_json(ledger, backtest_runs.c.portfolio_json, "leverage", 3)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "cannot_run"
    assert "run 1: portfolio_json: leverage is not a known key" in proof.why_not


def test_a_run_that_is_not_there_is_one_line(ledger: Database) -> None:
    """It names those that are."""
    run_of(ledger)
    with pytest.raises(ConfigError, match=r"run 7: no such run; .* has 1"):
        verify(ledger, 7)
    for number in (0, -1, 2**63, 10**40):
        with pytest.raises(ConfigError, match="no such run"):
            verify(ledger, number)


def test_the_command_tells_of_every_run(
    ledger: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, a sum, exit code 1 where one differs; JSON holds the same."""
    run_of(ledger)
    run_of(ledger, THREE)
    at = ["--db", ledger.url.render_as_string(hide_password=False)]
    assert main(["verify", "--all", *at]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("run 1 · Single QQQ · identical: ")
    assert lines[-1] == "2 runs: 2 identical, 0 different, 0 that cannot be run again"
    change(ledger, "UPDATE algo_trades SET net_pnl = 5.0 WHERE trade_id = 1")
    assert main(["verify", "1", "--json", *at]) == 1
    (told,) = json.loads(capsys.readouterr().out)["runs"]
    assert told["outcome"] == "differs"
    assert told["differences"][0]["column"] == "net_pnl"
    assert main(["verify", *at]) == 2
    assert "expected the number of a run, or --all" in capsys.readouterr().err
