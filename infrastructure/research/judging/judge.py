"""From evidence to a verdict."""

from collections.abc import Iterator, Sequence

from infrastructure.research.judging.computing import figures_of
from infrastructure.research.judging.evidence import Evidence
from infrastructure.research.judging.figures import Figures, Settings
from infrastructure.research.judging.finding import Finding, number, percent
from infrastructure.research.judging.luck import luck_findings
from infrastructure.research.judging.stress import stress_findings
from infrastructure.research.judging.thresholds import MANY, MIN_SESSIONS, MIN_TRADES
from infrastructure.research.judging.verdict import FRAGILE, LUCK, ROBUST, Verdict, Word
from infrastructure.wording import counted


def judge(evidence: Evidence, settings: Settings | None = None) -> Verdict:
    """Compute every figure and decide.

    Any finding that does not tell the result from luck makes it LUCK; otherwise any that shows it
    break makes it FRAGILE; otherwise it is ROBUST, as far as was tested. With fewer than MIN_TRADES
    trades or MIN_SESSIONS sessions nothing is computed. The same evidence and settings give the
    same verdict.
    """
    chosen = settings or Settings()
    too_few = _too_few(evidence)
    if too_few:
        warnings = list(_warnings(evidence, None))
        return Verdict(evidence, chosen, LUCK, too_few, [too_few], warnings)
    figures = figures_of(evidence, chosen)
    luck = luck_findings(evidence, figures)
    stress = stress_findings(evidence, figures, chosen)
    word, decisive = _decided([*luck, *stress])
    return Verdict(
        evidence,
        chosen,
        word,
        summary=_summary(evidence, word, decisive, [*luck, *stress]),
        reasons=[f"{each.name} {each.figure}. {each.words}" for each in decisive],
        warnings=list(_warnings(evidence, figures)),
        luck=luck,
        stress=stress,
        figures=figures,
    )


def _too_few(evidence: Evidence) -> str:
    """One sentence where nothing can be said; "" where there is enough."""
    trades, sessions = len(evidence.r), len(evidence.returns)
    if trades >= MIN_TRADES and sessions >= MIN_SESSIONS:
        return ""
    if not trades:
        return (
            f"There is no trade in {counted(sessions, 'session')}: nothing was earned, and nothing "
            "can be said."
        )
    return (
        f"{counted(trades, 'trade')} over {counted(sessions, 'session')} cannot tell skill from "
        f"luck: at least {MIN_TRADES} trades and {MIN_SESSIONS} sessions are needed. Run it on "
        "more bars."
    )


def _decided(findings: Sequence[Finding]) -> tuple[Word, list[Finding]]:
    """The word, and the findings that made it."""
    for word, speaks in ((LUCK, "luck"), (FRAGILE, "fragile")):
        decisive = [each for each in findings if each.speaks == speaks]
        if decisive:
            return word, decisive
    return ROBUST, [each for each in findings if each.speaks == "for"]


def _summary(
    evidence: Evidence, word: Word, decisive: Sequence[Finding], findings: Sequence[Finding]
) -> str:
    """What the word means, and the findings that made it, by their names."""
    if not evidence.own.net_profit_pct > 0.0:
        return "It made no money: there is no result that could be told from luck."
    by = _listed([f"{each.name} ({each.figure})" for each in decisive])
    if word == LUCK:
        return f"Nothing here tells it from luck for certain: {by}. Not to be traded on this."
    if word == FRAGILE:
        return (
            f"More than luck, but it breaks where little changes: {by}. Expect less than it says."
        )
    unknown = [each.name for each in findings if each.speaks == "unknown"]
    if unknown:
        return f"It passed all that could be tested; not known: {_listed(unknown)}."
    return "More than luck by every test, and it holds where things change."


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _warnings(evidence: Evidence, figures: Figures | None) -> Iterator[str]:
    if evidence.synthetic:
        yield "The bars are SYNTHETIC: nothing here says anything about a market."
    yield from evidence.remarks
    trials = evidence.trials
    if trials.tried > 1:
        where = f" in {counted(trials.sweeps, 'sweep')}" if trials.sweeps else ""
        chosen = "was chosen from many:" if trials.tried >= MANY else "is one of"
        words = (
            f"This result {chosen} {counted(trials.tried, 'configuration')} tried on these bars"
            f"{where}"
        )
        if figures is None:
            yield f"{words}; the best of many looks good by luck alone."
            return
        sharpe = figures.sharpe
        yield (
            f"{words}, which count as "
            f"{counted(sharpe.effective, 'independent try', 'independent tries')}. Without any "
            f"skill the best of them shows a Sharpe of {number(sharpe.luck)}; this run has "
            f"{number(sharpe.sharpe)}."
        )
    if figures is not None and evidence.own.net_profit_pct > 0.0:
        chance = figures.sharpe.probabilistic
        if figures.sharpe.deflated < 0.5 <= chance:
            yield (
                f"Taken alone it looks better than nothing ({percent(chance)}); among all that was "
                "tried it is what luck would bring."
            )
