"""Where a simulation and the referee disagree, in words."""

from dataclasses import asdict
from math import isclose, isnan
from typing import Any

from twin_records import RefereeResult

from infrastructure.core.execution.records import (
    AMBIGUITY,
    EXIT_REASONS,
    REFUSAL_REASONS,
    SIZE_BOUNDS,
)
from infrastructure.core.execution.simulate import Simulation

NAMES = {"exit_reason": EXIT_REASONS, "ambiguous": AMBIGUITY, "size_bound": SIZE_BOUNDS}

Row = dict[str, Any]


def kernel_trades(simulation: Simulation) -> list[Row]:
    """The kernel's trades as dictionaries, reasons as names, by lane and entry."""
    return sorted(map(_spelt, _rows(simulation.trades, NAMES)), key=_trade_key)


def kernel_refusals(simulation: Simulation) -> list[Row]:
    """The kernel's refusals as dictionaries, reasons as names, by lane and signal."""
    return sorted(_rows(simulation.refusals, {"reason": REFUSAL_REASONS}), key=_refusal_key)


def differences(simulation: Simulation, found: RefereeResult, scale: float) -> list[str]:
    """One line for each disagreement; equal to 1e-9 relative counts as agreed.

    scale: the account's capital: equities agree to 1e-9 of it.
    """
    trades = sorted(map(asdict, found.trades), key=_trade_key)
    refusals = sorted(map(asdict, found.refusals), key=_refusal_key)
    lines = _unequal("trade", kernel_trades(simulation), trades, _trade_key)
    lines += _unequal("refusal", kernel_refusals(simulation), refusals, _refusal_key)
    if simulation.timeline.tolist() != found.timeline:
        return [*lines, "timeline: not the same moments"]
    for row, moment in enumerate(found.timeline):
        ours = [*found.book_equity[row], found.account_equity[row]]
        theirs = [*simulation.book_equity[row].tolist(), float(simulation.account_equity[row])]
        if not all(abs(a - b) <= 1e-9 * scale for a, b in zip(ours, theirs, strict=True)):
            lines.append(f"equity of row {row} ({moment}): kernel {theirs}, referee {ours}")
            break
    if simulation.row_session.tolist() != found.row_session:
        lines.append("row_session: not the same sessions")
    return lines


def _unequal(what: str, theirs: list[Row], ours: list[Row], key: Any) -> list[str]:
    kernel, referee = ({key(row): row for row in rows} for rows in (theirs, ours))
    lines = []
    if len(kernel) != len(theirs) or len(referee) != len(ours):
        lines.append(f"{what}: some appear twice")
    for at in sorted(kernel.keys() | referee.keys()):
        if at not in kernel or at not in referee:
            side, row = ("kernel", kernel[at]) if at in kernel else ("referee", referee[at])
            lines.append(f"{what} {at}: only the {side} has {row}")
            continue
        for name, value in referee[at].items():
            if not _equal(kernel[at][name], value):
                lines.append(f"{what} {at}: {name} kernel {kernel[at][name]}, referee {value}")
    return lines


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b, rel_tol=1e-9, abs_tol=1e-7)
    return bool(a == b)


def _rows(records: Any, names: dict[str, tuple[str, ...]]) -> list[Row]:
    fields = records.dtype.names
    return [
        {
            name: names[name][value] if name in names else value
            for name, value in zip(fields, record, strict=True)
        }
        for record in records.tolist()
    ]


def _spelt(row: Row) -> Row:
    return {
        name: None if isinstance(value, float) and isnan(value) else value
        for name, value in row.items()
    }


def _trade_key(row: Row) -> tuple[int, int, int, int]:
    return row["lane"], row["signal_bar"], row["entry_bar"], row["direction"]


def _refusal_key(row: Row) -> tuple[int, int, int]:
    return row["lane"], row["signal_bar"], row["direction"]
