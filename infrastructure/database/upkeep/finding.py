"""What a check of a database finds."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is not as Kairos wrote it: a word for its kind, and a line about it."""

    kind: str
    detail: str
