"""What Kairos's own code is: the digest of each file that decides a number."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from infrastructure.strategy_management.digests import content_hash, source_of

_PACKAGE = Path(__file__).resolve().parents[1]
_DECIDE_NO_NUMBER = ("cli", "ledger", "reporting")


@cache
def kairos_files() -> dict[str, str]:
    """The SHA-256 of each of Kairos's sources by its path; line ends do not count.

    Left out are the folders that only show or ask what was found. Read once a process: what it runs
    is what it has loaded.
    """
    return {
        f"{_PACKAGE.name}/{path.relative_to(_PACKAGE).as_posix()}": _digest(path)
        for path in sorted(_PACKAGE.rglob("*.py"))
        if path.relative_to(_PACKAGE).parts[0] not in _DECIDE_NO_NUMBER
    }


@cache
def kairos_digest() -> str:
    """SHA-256 over `kairos_files`."""
    return content_hash(kairos_files())


def _digest(path: Path) -> str:
    return sha256(source_of(path)).hexdigest()
