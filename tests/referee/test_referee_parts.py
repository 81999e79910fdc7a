"""A run in parts: one account that goes on while rules and signals change."""

import pytest
from referee_cases import random_case
from referee_compare import differences
from referee_parts import parts_of, random_parts
from twin import referee_in_parts

from infrastructure.core.execution.accounting import TOLERANCE, check_accounting
from infrastructure.core.execution.parts import join_parts
from infrastructure.core.execution.simulate import simulate, simulate_in_parts

SEEDS, NIGHTLY_SEEDS, BATCH = 150, 3_000, 50
FIELDS = ("orders", "trades", "refusals", "timeline", "row_session", "book_equity", "book_start")


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_the_same_rules_in_every_part_are_the_run_in_one_piece(first: int) -> None:
    """To the last bit, wherever it was cut: no boundary leaves a trace."""
    for seed in range(first, first + BATCH):
        case = random_case(seed)
        whole, cut = simulate(case.books, case.terms), simulate_in_parts(parts_of(case), case.terms)
        for name in FIELDS:
            assert getattr(cut, name).tobytes() == getattr(whole, name).tobytes(), (seed, name)


def check_seeds(first: int, last: int) -> None:
    """Rules and signals drawn anew for every part: the referee's result is the kernel's."""
    failed = []
    for seed in range(first, last):
        case = random_case(seed)
        parts = random_parts(case)
        found = simulate_in_parts(parts, case.terms)
        wrong = differences(found, referee_in_parts(parts, case.terms), case.terms.total_capital)
        assert check_accounting(join_parts(parts), found) <= TOLERANCE
        if wrong:
            failed.append(f"random_parts(random_case({seed})):\n  " + "\n  ".join(wrong[:5]))
    assert not failed, f"{len(failed)} seeds disagree\n" + "\n".join(failed[:5])


@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_changing_rules_agree_with_the_referee_and_with_vectorbt(first: int) -> None:
    """Field by field and row by row; and the joined books are accounted twice."""
    check_seeds(first, first + BATCH)


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(SEEDS, NIGHTLY_SEEDS, 10 * BATCH))
def test_changing_rules_agree_all_night(first: int) -> None:
    """The same on many more."""
    check_seeds(first, min(first + 10 * BATCH, NIGHTLY_SEEDS))
