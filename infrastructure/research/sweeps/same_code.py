"""Whether another process would compute the same: one digest of all code that figures come from."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: the folder that holds `infrastructure` and `strategies`."""


@cache
def code_of_checkout() -> str:
    """16 hex digits over every source of Kairos and of strategies/, NumPy's version and Numba's."""
    digest = sha256(f"{version('numpy')} {version('numba')}".encode())
    for package in ("infrastructure", "strategies"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            digest.update(name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]
