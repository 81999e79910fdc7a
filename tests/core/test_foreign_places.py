"""The place of an error in code that called itself millions of times is found at once."""

import sys
from itertools import chain, repeat

from infrastructure.core.foreign_code import place_of, places_of


def test_the_innermost_frame_is_told_without_walking_the_others() -> None:
    """Frames from the inside out have no end here; the first one of the file is enough."""
    frame = sys._getframe()
    endless = repeat((frame, 12))
    assert next(places_of(endless, {__file__})) == " (test_foreign_places.py, line 12)"


def test_the_last_of_many_frames_is_told_without_keeping_them() -> None:
    """From the outside in; frames of other files behind it do not count."""
    frame = sys._getframe()
    many = chain(repeat((frame, 12), 100_000), [(frame, 13)])
    assert place_of(many, {__file__}) == " (test_foreign_places.py, line 13)"
    assert place_of(repeat((frame, 12), 3), {"another.py"}) == ""
