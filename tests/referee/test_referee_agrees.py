"""The plain-Python referee and the compiled account machine are the same machine."""

import pytest
from referee_cases import random_case
from referee_compare import differences
from twin import referee

from infrastructure.core.execution.simulate import simulate

DEFAULT_SEEDS, NIGHTLY_SEEDS, BATCH = 300, 10_000, 50


def check_seeds(first: int, last: int) -> None:
    """Every seed of a range; the failing ones are named with their first disagreements."""
    failed = []
    for seed in range(first, last):
        case = random_case(seed)
        wrong = differences(
            simulate(case.books, case.terms),
            referee(case.books, case.terms),
            case.terms.total_capital,
        )
        if wrong:
            failed.append(f"random_case({seed}):\n  " + "\n  ".join(wrong[:5]))
    assert not failed, f"{len(failed)} seeds disagree\n" + "\n".join(failed[:5])


@pytest.mark.parametrize("first", range(0, DEFAULT_SEEDS, BATCH))
def test_every_trade_refusal_and_mark_agrees(first: int) -> None:
    """Random portfolios: the referee's result is the kernel's, field by field, row by row."""
    check_seeds(first, first + BATCH)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(DEFAULT_SEEDS, NIGHTLY_SEEDS, 10 * BATCH))
def test_every_trade_refusal_and_mark_agrees_all_night(first: int) -> None:
    """The same on 10,000 portfolios."""
    check_seeds(first, min(first + 10 * BATCH, NIGHTLY_SEEDS))
