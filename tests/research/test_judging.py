"""What a verdict says, and of which evidence."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from verdict_setup import CAPITAL, evidence, hill, with_trials

from infrastructure.research.judging.evidence import Evidence, Outcome, SlippageTest, Trials
from infrastructure.research.judging.figures import Settings
from infrastructure.research.judging.judge import judge
from infrastructure.research.judging.verdict import FRAGILE, LUCK, ROBUST, Verdict
from infrastructure.trade_metrics.ratios import kurtosis, sharpe_ratio, skewness
from infrastructure.trade_metrics.sharpe_significance import (
    deflated_sharpe,
    probabilistic_sharpe,
)

QUICK = Settings(n_resamples=500, n_paths=500)
BROAD = hill(4.0, 4.8, 5.0, 4.9, 4.1, row=2)


def judged(run: Evidence, settings: Settings = QUICK) -> Verdict:
    """A verdict from few resamples."""
    return judge(run, settings)


def findings(verdict: Verdict) -> dict[str, str]:
    """What each finding speaks for, by its name."""
    return {each.name: each.speaks for each in (*verdict.luck, *verdict.stress)}


def test_a_real_edge_on_a_plateau_is_robust() -> None:
    """Three hundred trades of a third of R, neighbours alike: everything tested passes."""
    run = evidence(neighbourhood=BROAD)
    alike = 0.9 * run.returns[:, None] + np.random.default_rng(2).normal(0.0, 1e-3, (500, 30))
    verdict = judged(with_trials(run, alike))
    assert verdict.verdict == ROBUST
    assert set(findings(verdict).values()) == {"for", "note"}


def test_the_best_of_many_without_skill_is_luck() -> None:
    """The luckiest of 400 looks good alone, and not once the others are counted."""
    runs = [evidence(0.0, seed=seed) for seed in range(400)]
    best = max(runs, key=lambda run: run.own.sharpe)
    others = np.stack([run.returns for run in runs if run is not best], axis=1)
    verdict = judged(with_trials(replace(best, neighbourhood=BROAD), others, tried=10_000))
    of = verdict.figures
    assert of is not None and of.overfitting is not None
    assert of.sharpe.probabilistic > 0.98
    assert of.sharpe.deflated < 0.6
    assert of.sharpe.effective > 5_000
    assert 0.3 < of.overfitting.probability < 0.7
    assert verdict.verdict == LUCK
    speaks = findings(verdict)
    assert speaks["Probabilistic Sharpe"] == "for"
    assert speaks["Deflated Sharpe"] == speaks["Against doing nothing"] == "luck"
    assert "chosen from many: 10,000 configurations tried" in verdict.warnings[0]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Slippage doubled", {"slippage": SlippageTest(1.0, 2.0, Outcome(-3.0, -0.1, -0.2))}),
        ("Slippage doubled", {"slippage": SlippageTest(1.0, 2.0, Outcome(5.0, 0.1, 0.2))}),
        (
            "Same-bar interval",
            {
                "both_ways": {
                    "stop_first": Outcome(-1.0, -0.01, -0.1),
                    "target_first": Outcome(80.0, 0.4, 2.0),
                }
            },
        ),
        ("Plateau", {"neighbourhood": hill(0.1, 0.2, 5.0, 0.3, 0.1, row=2)}),
    ],
)
def test_an_edge_that_breaks_is_fragile(name: str, change: dict[str, object]) -> None:
    """One thing that breaks it is enough, and is the reason given."""
    verdict = judged(evidence(**{"neighbourhood": BROAD, **change}))
    assert verdict.verdict == FRAGILE
    assert findings(verdict)[name] == "fragile"
    assert len(verdict.reasons) == 1
    assert verdict.reasons[0].startswith(name)


def test_a_lower_figure_may_be_the_better_one() -> None:
    """Chosen by drawdown: neighbours that fall half as far again are no plateau."""
    falls = {"objective": "max_drawdown_pct", "lower_is_better": True}
    alike = judged(evidence(neighbourhood=hill(11.0, 10.0, 11.0, row=1, **falls)))
    needle = judged(evidence(neighbourhood=hill(15.0, 10.0, 15.0, row=1, **falls)))
    assert (findings(alike)["Plateau"], findings(needle)["Plateau"]) == ("for", "fragile")


def test_trades_large_enough_to_ruin_are_fragile() -> None:
    """The same R at ten times the risk: some orders of the trades fall to the limit."""
    run = evidence(neighbourhood=BROAD)
    wild = replace(run, net_pnl=np.diff(CAPITAL * np.cumprod(1 + 0.05 * run.r), prepend=CAPITAL))
    verdict = judged(wild)
    assert findings(verdict)["Ruin"] == "fragile"
    assert findings(judged(wild, replace(QUICK, ruin_pct=100.0)))["Ruin"] == "for"


def test_a_loss_is_never_robust() -> None:
    """It ends as luck, and says that no money was made."""
    verdict = judged(evidence(-0.2, neighbourhood=BROAD))
    assert verdict.verdict == LUCK
    assert verdict.reasons[0].startswith("Net profit -")
    assert findings(verdict)["Minimum track record"] == "luck"


@pytest.mark.parametrize(("n_trades", "n_sessions"), [(1, 500), (29, 500), (300, 59)])
def test_too_little_gets_one_honest_sentence(n_trades: int, n_sessions: int) -> None:
    """No figure is computed from a handful of trades or days."""
    verdict = judged(evidence(1.0, n_sessions=n_sessions, n_trades=n_trades))
    assert verdict.verdict == LUCK
    (reason,) = verdict.reasons
    assert "at least 30 trades and 60 sessions are needed" in reason
    assert verdict.figures is None
    assert (*verdict.luck, *verdict.stress) == ()
    assert (dict(verdict.bootstrap), verdict.fan) == ({}, None)


def test_no_trade_at_all() -> None:
    """Nothing was earned, and nothing is said."""
    (reason,) = judged(evidence(n_trades=0)).reasons
    assert reason.startswith("There is no trade in 500 sessions")


def test_without_stops_the_sharpe_ratio_decides() -> None:
    """No R, no mean R; the page leaves both R figures out."""
    run = evidence(neighbourhood=BROAD)
    verdict = judged(replace(run, r=np.full(300, np.nan)))
    speaks = findings(verdict)
    assert "Mean R" not in speaks and "SQN" not in speaks
    assert speaks["Sharpe, annual"] == "for"
    assert verdict.verdict == ROBUST


def test_an_account_that_was_lost_says_so() -> None:
    """Whatever came before."""
    verdict = judged(evidence(ruined=True))
    assert verdict.verdict == LUCK
    assert "The account was lost" in verdict.reasons[0]


def test_what_was_not_tested_is_said() -> None:
    """No sweep in the ledger: robust as far as was tested, with what is unknown."""
    verdict = judged(evidence())
    assert verdict.verdict == ROBUST
    assert findings(verdict)["Plateau"] == findings(verdict)["Backtest overfitting"] == "unknown"
    assert verdict.summary == (
        "It passed all that could be tested; not known: Backtest overfitting and Plateau."
    )


def test_figures_are_those_of_their_pages() -> None:
    """Probabilistic and deflated Sharpe of the session returns, the trials' own variance."""
    run = evidence()
    noise = np.random.default_rng(3).normal(0.0, 0.002, (500, 40))
    verdict = judged(tried := with_trials(run, noise, position=17))
    assert verdict.figures is not None
    of, returns = verdict.figures.sharpe, run.returns
    sharpe, moments = sharpe_ratio(returns), (skewness(returns), kurtosis(returns))
    assert of.sharpe == sharpe * sqrt(252)
    assert of.probabilistic == probabilistic_sharpe(sharpe, 500, *moments)
    assert len(tried.trials.sharpes) == 41
    variance = float((tried.trials.sharpes / sqrt(252)).var(ddof=1))
    expected = deflated_sharpe(sharpe, 500, round(of.effective), variance, *moments)
    assert of.deflated == pytest.approx(expected)
    assert of.effective == pytest.approx(41, abs=2)


def test_models_are_compared_on_the_sessions_they_share() -> None:
    """A sweep of the second half of the run's sessions, and the run among its trials once."""
    run = evidence()
    table = np.random.default_rng(4).normal(0.0, 0.002, (600, 5))
    later = Trials(5, 1, np.zeros(5), run.sessions[250] + np.arange(600), table, 5, own=2)
    of = judged(replace(run, trials=later)).figures
    assert of is not None
    assert (of.nothing.models, of.nothing.sessions) == (5, 250)
    elsewhere = replace(later, sessions=run.sessions[-1] + 1 + np.arange(600))
    alone = judged(replace(run, trials=elsewhere)).figures
    assert alone is not None and alone.holding is not None
    assert (alone.holding.models, alone.holding.sessions) == (1, 500)


def test_untried_returns_count_one_by_one() -> None:
    """Configurations of which only the number is known each count as independent."""
    of = judged(evidence(trials=Trials(tried=50))).figures
    assert of is not None
    assert of.sharpe.effective == 50.0
    assert of.sharpe.luck > 0.5


def test_the_same_evidence_gives_the_same_verdict() -> None:
    """Every number; another seed moves the bounds a little."""
    run = evidence(neighbourhood=BROAD)
    one, same, other = judged(run), judged(run), judged(run, replace(QUICK, seed=1))
    assert [*one.luck, *one.stress] == [*same.luck, *same.stress]
    assert [*one.luck, *one.stress] != [*other.luck, *other.stress]


def test_no_page_shows_nan() -> None:
    """Of all kinds of runs."""
    kinds = [
        evidence(),
        evidence(-0.3),
        evidence(r=np.full(300, -1.0), net_pnl=np.full(300, -100.0)),
        evidence(returns=np.zeros(500), hold=np.zeros(500), net_pnl=np.zeros(300)),
        evidence(slippage=SlippageTest(0.0, 1.0, Outcome(np.nan, np.nan, np.nan))),
        evidence(neighbourhood=hill(np.nan, 5.0, np.nan, row=1)),
        evidence(neighbourhood=hill(1.0, np.nan, row=1)),
        evidence(neighbourhood=hill(1.0, row=0)),
        evidence(hold=None, slippage=None),
    ]
    for run in kinds:
        verdict = judged(run)
        texts = [f"{each.figure} {each.words}" for each in (*verdict.luck, *verdict.stress)]
        assert not [text for text in [*texts, *verdict.reasons] if "nan" in text.split()]
