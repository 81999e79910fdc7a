"""Whatever somebody changes in a run's rows by hand, its proof does not say identical."""

import pytest

from infrastructure.database.engine import Database
from infrastructure.database.models import (
    backtest_runs,
    backtest_strategy_allocations,
    walk_forward_folds,
)
from infrastructure.ledger.proving.verifying import verify
from infrastructure.reporting.proof_report import proof_lines
from infrastructure.research.walk_forward import walk_forward
from tests.ledger.proof_setup import GONE, SINGLE, THREE, change, change_json, run_of

OF_THE_RUN = {
    "UPDATE backtest_runs SET sharpe = 3.5": "sharpe of the run",
    "UPDATE backtest_runs SET synthetic = 0": "synthetic of the run",
    "UPDATE backtest_runs SET refused = 0": "refused of the run",
    "UPDATE backtest_runs SET fill_policy = 'target_first'": "fill_policy of the run",
    "UPDATE backtest_runs SET account_id = 'mine'": "account_id of the run",
    "UPDATE backtest_runs SET portfolio_name = 'another'": "portfolio_name of the run",
    "UPDATE backtest_runs SET status = 'failed'": "status of the run is 'failed'",
    "UPDATE backtest_runs SET bars_start = '2019-01-02 14:30:00'": "bars_start of the run",
    "UPDATE backtest_runs SET bars_fingerprint = 'x'": "bars_fingerprint of the run",
    "UPDATE run_evidence SET trades_digest = 'x'": "trades were changed",
    "UPDATE algo_trades SET account_id = 'x' WHERE trade_id = 2": "account_id of trades",
    "UPDATE backtest_strategy_allocations SET allocation_percentage = 7": "allocation_percentage",
    "UPDATE backtest_runs SET execution_date = '2020-02-03 00:00:00'": "rows about the run",
    "UPDATE backtest_runs SET kairos_version = '9'": "rows about the run",
    "UPDATE backtest_runs SET vectorbt_version = '9'": "rows about the run",
    "UPDATE run_evidence SET seconds = 1": "rows about the run",
    "UPDATE run_evidence SET seal = 'x'": "rows about the run",
    "UPDATE run_strategy_code SET code_digest = 'x'": "rows about the run",
    "DELETE FROM run_evidence": "evidence of the run was deleted",
}


@pytest.mark.parametrize(("statement", "words"), OF_THE_RUN.items())
def test_what_lists_show_is_not_what_was_stored(
    ledger: Database, statement: str, words: str
) -> None:
    """No trade is touched, and yet the run is no longer what it was: the proof fails."""
    made = run_of(ledger)
    change(ledger, statement)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert any(cause.kind == "ledger" and words in cause.words for cause in proof.causes)
    assert not any("made no difference" in line for line in proof_lines(proof))


def test_a_figure_that_is_gone_is_found_out(ledger: Database) -> None:
    """It stops no proof, of this run or of the others."""
    made = run_of(ledger)
    change_json(ledger, backtest_runs.c.figures, "sqn", GONE)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert "figures were changed" in proof.causes[0].words


def test_a_trade_given_to_another_strategy_is_found_out(ledger: Database) -> None:
    """v_trades shows the name of the strategy that a row names."""
    made = run_of(ledger, THREE)
    other = made.strategy_ids[1]
    change(ledger, f"UPDATE algo_trades SET strategy_id = {other} WHERE trade_id = 1")
    change(ledger, f"UPDATE refused_signals SET strategy_id = {other} WHERE refusal_id = 1")
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    assert [
        cause.words.partition("'s ")[2].split(" of ")[1].split()[0] for cause in proof.causes
    ] == ["trades", "refusals"]


def test_better_figures_of_one_strategy_are_found_out(ledger: Database) -> None:
    """Those of the account are as they were."""
    made = run_of(ledger, THREE)
    allocations = backtest_strategy_allocations.c
    second = allocations.position == 2
    change_json(ledger, allocations.figures, "net_profit", 9.0, second)
    proof = verify(ledger, made.run_id)
    assert proof.outcome == "differs"
    (difference,) = proof.differences
    assert (difference.column, difference.about, difference.then) == ("net_profit", "strategy 2", 9)
    assert any("figure net_profit (strategy 2) was 9.0" in line for line in proof_lines(proof))


def test_a_series_of_one_strategy_changed_by_hand_is_told(ledger: Database) -> None:
    """Though the other two have read the same bars."""
    made = run_of(ledger, THREE)
    change(ledger, "UPDATE run_series SET fingerprint = 'forged' WHERE position = 1")
    by_hand, bars = verify(ledger, made.run_id).causes
    assert (by_hand.kind, bars.kind) == ("ledger", "bars")
    assert "(forged)" in bars.words


@pytest.mark.parametrize("column", ["in_sample", "out_of_sample"])
def test_a_better_fold_is_found_out(ledger: Database, column: str) -> None:
    """What a training promised and what its test brought are numbers of the run too."""
    walked = walk_forward(
        SINGLE, {"risk_reward": [1.5, 2.0]}, train="6m", test="6m", db_path=ledger.url
    )
    folds = walk_forward_folds.c
    change_json(ledger, folds[column], "net_profit", 12345.5, folds.fold == 2)
    proof = verify(ledger, walked.run.run_id)
    assert proof.outcome == "differs"
    (difference,) = proof.differences
    assert (difference.about, difference.then) == (f"{column} of fold 2", 12345.5)
