"""Why a run may come out another one: what is no longer as it was when it was stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.core.backtest import Backtest
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.strategy_management.environment import environment_row
from infrastructure.strategy_management.evidence import series_rows
from infrastructure.strategy_management.evidence_rows import StoredEvidence
from infrastructure.strategy_management.kairos_code import kairos_files
from infrastructure.strategy_management.strategy_code import code_files
from infrastructure.wording import counted

_MOST_NAMED = 5

Series = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Cause:
    """kind: "ledger", "bars", "strategy", "kairos", "library" or "machine"; words: a sentence."""

    kind: str
    words: str


def changed_bars(evidence: StoredEvidence, backtest: Backtest) -> Iterator[Cause]:
    """A cause for each series whose bars are others."""
    then, now = _by_series(evidence.series), _by_series(series_rows(backtest.books))
    for series in dict.fromkeys([*then, *now]):
        was, has_become = then.get(series), now.get(series)
        if was == has_become:
            continue
        if was is None:
            words = "is read now and was not then"
        elif has_become is None:
            words = "was read then and is not now"
        else:
            words = f"{_described(was)} then, {_described(has_become)} now"
        yield Cause("bars", f"bars changed: {' '.join(series)}: {words}")


def changed_strategies(
    evidence: StoredEvidence, strategies: Sequence[type[VectorBTStrategy]]
) -> Iterator[Cause]:
    """A cause for each class whose code, or what it imports, is other."""
    seen = set()
    for position, strategy in enumerate(strategies, start=1):
        then = evidence.strategy_files.get(position)
        words = None if then is None else _changed_files(then, code_files(strategy))
        if words and (strategy, words) not in seen:
            seen.add((strategy, words))
            yield Cause("strategy", f"{strategy.__name__}'s code changed: {words}")


def changed_kairos(
    evidence: StoredEvidence, version_then: str, version_now: str
) -> Iterator[Cause]:
    """A cause where a file of Kairos's own that decides numbers is other."""
    words = _changed_files(evidence.kairos_files, kairos_files())
    if words:
        versions = "" if version_then == version_now else f" {version_then} -> {version_now}"
        yield Cause("kairos", f"Kairos's code changed{versions}: {words}")


def changed_environment(evidence: StoredEvidence) -> Iterator[Cause]:
    """A cause for libraries, and one for the machine, that are others."""
    then, now = evidence.environment, environment_row()
    libraries = then["libraries"] | {"Python": then["python"]}
    known = now["libraries"] | {"Python": now["python"]}
    others = [
        f"{name} {libraries.get(name, 'absent')} -> {known.get(name, 'absent')}"
        for name in sorted(libraries | known)
        if libraries.get(name) != known.get(name)
    ]
    if others:
        yield Cause("library", f"libraries changed: {', '.join(others)}")
    places = [
        f"{name} {then[name]} -> {now[name]}"
        for name in ("machine", "processor", "system")
        if then[name] != now[name]
    ]
    if places:
        yield Cause("machine", f"another machine: {', '.join(places)}")


def _by_series(series: Series) -> dict[tuple[str, str, str], frozenset[tuple[str, int]]]:
    """By symbol, interval and role: what the strategies that read it read, mostly the same."""
    found: dict[tuple[str, str, str], set[tuple[str, int]]] = {}
    for each in series:
        name = each["symbol"], each["interval"], each["role"]
        found.setdefault(name, set()).add((each["fingerprint"], each["n_bars"]))
    return {name: frozenset(read) for name, read in found.items()}


def _described(series: frozenset[tuple[str, int]]) -> str:
    return " and ".join(
        f"{counted(n_bars, 'bar')} ({fingerprint[:12]})" for fingerprint, n_bars in sorted(series)
    )


def _changed_files(then: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The files that are others, new or gone, in words; "" where there are none."""
    others = [f"{name} ({_how(name, then, now)})" for name in sorted({**then, **now})
              if then.get(name) != now.get(name)]  # fmt: skip
    named = ", ".join(others[:_MOST_NAMED])
    rest = len(others) - _MOST_NAMED
    return f"{named} and {counted(rest, 'other file')}" if rest > 0 else named


def _how(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> str:
    if name not in then:
        return "new"
    return "edited" if name in now else "gone"
