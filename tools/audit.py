"""Ask pip-audit for known holes in the pinned packages, and hold their licences: `make audit`.

Where the vulnerability service does not answer, one line says so and nothing fails: some machines
reach none. PIP_AUDIT_VULNERABILITY_SERVICE and PIP_AUDIT_OSV_URL choose another one.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
ALLOWED = ROOT / "tools" / "audit_allowed.toml"
_PATIENCE = 240  # seconds for all packages together; of 5 for one answer


def main() -> int:
    """1 for a hole that nobody has allowed, or a licence that Kairos may not run on; else 0."""
    from tools.licences import licence_rows, refused

    lines, failed = audited(reported(pins()), allowed(ALLOWED), datetime.now(UTC).date())
    licences = refused(licence_rows())
    print(*lines, *licences, sep="\n")
    return int(failed or bool(licences))


def pins() -> list[str]:
    """Every pin, for whatever system it is, such as "numpy==2.4.6"."""
    from tools.licences import pinned

    return ["==".join(pin) for file in REQUIREMENTS for pin in pinned(file)]


def reported(wanted: Sequence[str]) -> dict[str, Any] | None:
    """pip-audit's report on these pins; None where it has none to give."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "requirements.txt"
        listed.write_text("\n".join(wanted), encoding="utf-8")
        given = ["--requirement", str(listed), "--no-deps", "--disable-pip", "--format", "json"]
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            *given,
            "--progress-spinner",
            "off",
            "--timeout",
            "5",
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=_PATIENCE
            )
            report: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, json.JSONDecodeError):
            return None
    return report


def allowed(path: Path) -> list[dict[str, Any]]:
    """What was looked at and may stay for now: `id`, `package`, `reason`, `until` of each."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("allowed", [])
    for each in found:
        if set(each) != {"id", "package", "reason", "until"} or not isinstance(each["until"], date):
            raise SystemExit(f"{path.name}: expected id, package, reason and until; found {each}")
    return found


def audited(
    report: Mapping[str, Any] | None, exceptions: Sequence[Mapping[str, Any]], today: date
) -> tuple[list[str], bool]:
    """What to print of a report, and whether it fails.

    A package that the service does not know was not audited: pip-audit itself would call that no
    known hole.
    """
    packages = report["dependencies"] if report else []
    known = [each for each in packages if "skip_reason" not in each]
    if not known:
        return ["the vulnerability service does not answer here: nothing was audited"], False
    lines, failed = [f"{len(known)} of {len(packages)} pinned packages were audited"], False
    missing = [each["name"] for each in packages if "skip_reason" in each]
    if missing:
        lines.append(f"unknown to the service: {', '.join(missing)}")
    for package in known:
        for hole in package.get("vulns", []):
            names = {hole["id"], *hole.get("aliases", [])}
            excuse = next((each for each in exceptions if each["id"] in names), None)
            fixed = ", ".join(hole.get("fix_versions", [])) or "no version yet"
            line = f"{package['name']} {package['version']}: {hole['id']}, fixed in {fixed}"
            if excuse is None or excuse["until"] < today:
                failed = True
                expired = f"; allowed until {excuse['until']}" if excuse else ""
                lines.append(f"FOUND {line}{expired}")
            else:
                lines.append(f"allowed until {excuse['until']} ({excuse['reason']}): {line}")
    return lines, failed


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
