"""The licence of every pinned package: docs/licences.md, made by `make docs`, held by `make audit`.

From the metadata of what is installed; where that says nothing, from `ELSEWHERE`.
"""

import re
import tomllib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
RUN, EXTRA, TESTS = "every run", "an extra", "tests only"

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC",
    "LLVM-exception", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "NCSA", "PSF-2.0", "Zlib",
}  # fmt: skip
"""Licences of packages that Kairos may run on: none asks anything of Kairos's own code."""

EXCEPTIONS = {
    "vectorbt": "the system is built on it; the Commons Clause forbids to sell what is in "
    "substance vectorbt, not to trade with it",
    "vectorbt-rust": "as vectorbt",
}
"""Packages that Kairos runs on under another licence, and why that may be."""

ELSEWHERE = {
    "colorama": "BSD-3-Clause",  # Windows only
    "peewee": "MIT",  # its LICENSE
    "vectorbt": "Apache-2.0 WITH Commons-Clause-1.0",  # its LICENSE.md
}
"""What a package's metadata does not say, or not on every system."""

_NAMES = (
    (r"affero", "AGPL-3.0-or-later"),
    (r"\bapache\b(?!.*commons)", "Apache-2.0"),
    (r"mozilla", "MPL-2.0"),
    (r"python software foundation", "PSF-2.0"),
    (r"\bisc\b", "ISC"),
    (r"^3-clause bsd", "BSD-3-Clause"),
    (r"^bsd( license)?$", "BSD"),
    (r"^mit( license)?$", "MIT"),
)
"""How classifiers and free texts are written here."""

_HEADER = """\
<!-- Made from the packages' metadata by `make docs`. -->

# Licences

Every package that is pinned, with the licence that it states. For what Kairos runs on, `make audit`
and a test refuse any licence that is not on the list in `tools/licences.py`.

"""


class Row(NamedTuple):
    """A pinned package. used: in every run, in an extra, or in tests only."""

    name: str
    version: str
    licence: str
    used: str


def licence_rows() -> list[Row]:
    """Every pin of both requirement files, in order of name."""
    extras = _named_in_extras()
    rows = []
    for file, otherwise in (("requirements.txt", RUN), ("requirements-dev.txt", TESTS)):
        for name, version in pinned(file):
            used = EXTRA if otherwise == TESTS and _normal(name) in extras else otherwise
            rows.append(Row(name, version, _licence(name), used))
    return sorted(rows, key=lambda row: _normal(row.name))


def pinned(file: str) -> list[tuple[str, str]]:
    """(name, version) of each pin of a requirement file, for whatever system it is."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE)


def refused(rows: Sequence[Row]) -> list[str]:
    """A line for each package that Kairos runs on under a licence that is not allowed."""
    return [
        f"{row.name} {row.version}: licence {row.licence} is not on the list of tools/licences.py"
        for row in rows
        if row.used != TESTS and _normal(row.name) not in EXCEPTIONS and not _may_be(row.licence)
    ]


def licence_page() -> str:
    """The table, as Markdown."""
    rows = licence_rows()
    lines = ["| package | version | licence | used in |", "|---|---|---|---|"]
    lines += [f"| {row.name} | {row.version} | {row.licence} | {row.used} |" for row in rows]
    lines += ["", "Others than the allowed ones:", ""]
    lines += [f"- {name}: {reason}" for name, reason in EXCEPTIONS.items()]
    return _HEADER + "\n".join(lines) + "\n"


def _may_be(licence: str) -> bool:
    terms = re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", licence)
    return all(term in ALLOWED for term in terms if term)


def _licence(name: str) -> str:
    """As an SPDX expression where the package gives one; "unknown" where it says nothing."""
    if _normal(name) in ELSEWHERE:
        return ELSEWHERE[_normal(name)]
    try:
        about: Any = metadata(name)
    except PackageNotFoundError:
        return "unknown"
    if expression := about.get("License-Expression"):
        return str(expression)
    kinds = [
        each.rpartition("::")[2].strip()
        for each in about.get_all("Classifier") or []
        if each.startswith("License :: ") and each != "License :: OSI Approved"
    ]
    stated = kinds or [(about.get("License") or "unknown").strip().partition("\n")[0][:60]]
    return " AND ".join(map(_short, stated))


def _short(stated: str) -> str:
    found = (short for pattern, short in _NAMES if re.search(pattern, stated.lower()))
    return next(found, stated)


def _named_in_extras() -> set[str]:
    """Packages of the extras that a user may install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        name: each for name, each in project["optional-dependencies"].items() if name != "dev"
    }
    return {_normal(re.split(r"[^\w.-]", each)[0]) for named in extras.values() for each in named}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
