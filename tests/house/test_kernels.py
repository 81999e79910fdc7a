"""A changed rule is compiled anew."""

import re
from pathlib import Path

from infrastructure.compiled import KERNEL_SOURCES

PACKAGE = Path(__file__).resolve().parents[2] / "infrastructure"
KERNEL = re.compile(r"^@(inlined_)?kernel$", re.MULTILINE)
IMPORT = re.compile(r"^from infrastructure\.([\w.]+) import", re.MULTILINE)


def _covered(path: Path) -> bool:
    place = path.relative_to(PACKAGE).as_posix()
    return place in KERNEL_SOURCES or path.parent.relative_to(PACKAGE).as_posix() in KERNEL_SOURCES


def test_every_source_of_a_kernel_is_in_the_caches_name() -> None:
    """Files with kernels, and what they import at run time from this package, are all digested."""
    kernels = [path for path in PACKAGE.rglob("*.py") if KERNEL.search(path.read_text())]
    assert len(kernels) > 8
    needed = set(kernels)
    for path in kernels:
        for module in IMPORT.findall(path.read_text()):
            needed.add(PACKAGE / f"{module.replace('.', '/')}.py")
    # Used by the public functions beside kernels, not by kernels:
    plain = {PACKAGE / "errors.py", PACKAGE / "market_data" / "intervals.py"}
    missing = [path for path in needed - plain if path.exists() and not _covered(path)]
    assert missing == []
