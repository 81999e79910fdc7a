"""What happened inside a bar that holds both the stop and the target."""

from twin_records import Columns, LaneState, Position
from twin_rules import has_reached, level_is_reached


def touches(d: int, price: float, bars: Columns, bar: int, against: bool) -> bool:
    """Whether the bar's range reaches `price` on the side against (or for) a position of `d`."""
    upwards = (d > 0) != against
    return has_reached(bars.high[bar] if upwards else bars.low[bar], price, upwards)


def which_first(lane: LaneState, position: Position, bar: int, policy: str) -> tuple[str, str]:
    """(reason, ambiguity) under the fill policy; a bar that finer bars do not decide is a stop."""
    if policy == "target_first":
        return "target", "undecided"
    if policy == "stop_first" or lane.detail is None:
        return "stop", "undecided"
    fine, d, entry_type = (
        lane.detail,
        position.direction,
        lane.config_of(position.signal_bar).entry.type,
    )
    stop, target, level = position.stop, position.target, position.level
    assert stop is not None and target is not None
    entered = level is None or bar > position.entry_bar
    for i, stamp in enumerate(fine.timestamp):
        if not lane.bars.timestamp[bar] <= stamp < lane.bars.closes_at[bar]:
            continue
        if level is not None and not entered:
            entered = level_is_reached(entry_type, d, level, fine.high[i], fine.low[i])
        if not entered:
            continue
        at_stop = touches(d, stop, fine, i, against=True)
        at_target = touches(d, target, fine, i, against=False)
        if at_stop and at_target:
            break
        if at_stop or at_target:
            return ("stop" if at_stop else "target"), "decided_by_detail"
    return "stop", "undecided"
