"""Counts that the end of the session shows."""

from collections.abc import Callable, Mapping

import pytest

Told = Callable[[str, Mapping[str, int]], None]


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Told:
    """Let the end of the session show a line of counts under a name."""

    def tell(name: str, counts: Mapping[str, int]) -> None:
        listed = ", ".join(f"{number:,} {what}" for what, number in counts.items())
        record_property("counted", f"{name}: {listed}")

    return tell
