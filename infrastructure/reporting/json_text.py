"""Reports as JSON text; moments and dates as ISO 8601."""

import json
from datetime import date
from typing import Any


def json_text(value: Any, indent: int | None = 2) -> str:
    """One JSON document, text as it is."""
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False, default=_plain)


def plain_text(value: Any) -> str:
    """A value as a config or a command line would say it: text without its quotes."""
    return value if isinstance(value, str) and value else json_text(value, None)


def _plain(value: Any) -> str:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON")
