"""What a report holds as plain values, for JSON."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Arrays as lists, NumPy's numbers as Python's, dates as texts, what is not finite as null."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not isfinite(value) else value
