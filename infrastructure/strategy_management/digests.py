"""What a digest is taken of, so that the layout of a file or of JSON does not count."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any


def content_hash(content: Any) -> str:
    """SHA-256 of JSON content: independent of the order of keys, and 2 is 2.0."""
    text = json.dumps(_canonical(content), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def source_of(path: Path) -> bytes:
    """A source file as a digest takes it: line ends are those of Linux, wherever it lies."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_canonical(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
