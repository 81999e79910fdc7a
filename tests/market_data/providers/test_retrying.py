"""When a provider is asked again, and how long that takes."""

import pytest
from provider_setup import StillClock

from infrastructure.market_data.providers.retrying import (
    NoAnswerError,
    Retrying,
    Transient,
    asked_wait,
)


def failing(times: int, wait: float | None = None) -> "list[Transient | str]":
    """What happens: so many failures, then an answer."""
    return [*(Transient("busy", wait) for _ in range(times)), "answer"]


def asked(retrying: Retrying, happens: "list[Transient | str]") -> str:
    """The answer, once the failures are over."""

    def action() -> str:
        each = happens.pop(0)
        if isinstance(each, Transient):
            raise each
        return each

    return retrying(action)


def retrying(clock: StillClock, chance: float = 1.0, spacing: float = 0.0) -> Retrying:
    """Six attempts; all of each wait with a chance of one, half of it with a chance of zero."""
    return Retrying("Vendor", spacing, clock, chance=lambda: chance)


def test_waits_double_and_chance_shortens_them() -> None:
    """1, 2, 4, 8 and 16 seconds, of which up to a half is left out."""
    for chance, factor in ((1.0, 1.0), (0.0, 0.5)):
        clock = StillClock(0)
        assert asked(retrying(clock, chance), failing(5)) == "answer"
        assert clock.slept == [n * factor for n in (1, 2, 4, 8, 16)]


def test_waits_have_a_longest() -> None:
    """One minute."""
    clock = StillClock(0)
    patient = Retrying("Vendor", 0.0, clock, attempts=9, chance=lambda: 1.0)
    asked(patient, failing(8))
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60]


def test_six_failures_are_the_end() -> None:
    """One line says what failed and how often; the seventh attempt is the user's."""
    clock = StillClock(0)
    happens = failing(6)
    with pytest.raises(NoAnswerError, match=r"^Vendor: busy, 6 times; try again later$"):
        asked(retrying(clock), happens)
    assert happens == ["answer"]
    assert len(clock.slept) == 5


def test_a_wait_that_the_server_asks_for_is_kept() -> None:
    """To the second."""
    clock = StillClock(0)
    asked(retrying(clock, chance=0.0), failing(2, wait=7.0))
    assert clock.slept == [7.0, 7.0]


def test_nobody_sleeps_for_an_hour() -> None:
    """A long pause is the user's decision, who is told how long it is."""
    clock = StillClock(0)
    with pytest.raises(NoAnswerError, match="busy, and asks for a pause of 3,600 seconds"):
        asked(retrying(clock), failing(1, wait=3_600.0))
    assert clock.slept == []


def test_questions_keep_their_distance() -> None:
    """Half a second from one to the next, less what the answer took."""
    clock = StillClock(100)
    spaced = retrying(clock, spacing=0.5)
    asked(spaced, failing(0))
    clock.time += 0.2
    asked(spaced, failing(0))
    clock.time += 9
    asked(spaced, failing(0))
    assert clock.slept == pytest.approx([0.3])


def test_a_clock_that_is_set_back_makes_nobody_wait() -> None:
    """An hour back in time is no hour of waiting."""
    clock = StillClock(10_000)
    spaced = retrying(clock, spacing=0.5)
    asked(spaced, failing(0))
    clock.time -= 3_600
    asked(spaced, failing(0))
    assert clock.slept == []


def test_the_wait_is_told() -> None:
    """Whoever watches sees why nothing happens."""
    told: list[str] = []
    patient = retrying(StillClock(0))
    patient.say = told.append
    asked(patient, failing(1, wait=7.0))
    assert told == ["busy; again in 7 s"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("Fri, 26 Jan 2024 23:00:30 GMT", 30.0),
        ("Fri, 26 Jan 2024 22:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    """As RFC 9110 has it; anything else says nothing."""
    assert asked_wait(header, now=1_706_310_000.0) == seconds
