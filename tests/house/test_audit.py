"""House rules: no known hole and no unfit licence in what Kairos is installed with."""

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tools.audit import ALLOWED, allowed, audited, pins, reported
from tools.licences import RUN, Row, licence_rows, refused

TODAY = date(2026, 1, 31)
HOLE = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}
REPORT = {
    "dependencies": [
        {"name": "one", "version": "1.0", "vulns": [HOLE]},
        {"name": "two", "version": "2.0", "vulns": []},
        {"name": "three", "skip_reason": "not found"},
    ]
}


def test_a_hole_fails_and_names_its_mend() -> None:
    """Which package, which hole, which version is without it; who is unknown is said."""
    assert audited(REPORT, [], TODAY) == (
        [
            "2 of 3 pinned packages were audited",
            "unknown to the service: three",
            "FOUND one 1.0: PYSEC-1, fixed in 1.1",
        ],
        True,
    )


def test_a_hole_may_be_allowed_until_a_day() -> None:
    """By any of its names; on the day after, it fails again."""
    excuse = {"id": "CVE-1", "package": "one", "reason": "not reached", "until": TODAY}
    lines, failed = audited(REPORT, [excuse], TODAY)
    assert not failed
    assert lines[-1].startswith("allowed until 2026-01-31 (not reached): one 1.0: PYSEC-1")
    lines, failed = audited(REPORT, [excuse], date(2026, 2, 1))
    assert failed
    assert lines[-1] == "FOUND one 1.0: PYSEC-1, fixed in 1.1; allowed until 2026-01-31"


@pytest.mark.parametrize(
    "report", [None, {"dependencies": [{"name": "one", "skip_reason": "not found"}]}]
)
def test_a_service_that_does_not_answer_is_said(report: dict[str, object] | None) -> None:
    """It is no failure, and not the same as no holes."""
    said = "the vulnerability service does not answer here: nothing was audited"
    assert audited(report, [], TODAY) == ([said], False)


class Service(BaseHTTPRequestHandler):
    """Answers as OSV does: rich 15.0.0 has a hole."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        hole = {
            "id": "GHSA-1",
            "summary": "a hole",
            "modified": "2026-01-01T00:00:00Z",
            "published": "2026-01-01T00:00:00Z",
            "affected": [{"package": asked["package"], "ranges": []}],
        }
        body = json.dumps({"vulns": [hole]} if asked["package"]["name"] == "rich" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *anything: object) -> None:
        """Not into the tests' output."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vulnerability service on this machine, which pip-audit is led to."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    address = f"http://127.0.0.1:{listening.server_port}/v1/query"
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", address)
    yield
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.mark.usefixtures("service")
def test_pip_audit_is_asked_and_understood() -> None:
    """The package itself, against a service that knows one hole."""
    lines, failed = audited(reported(["rich==15.0.0", "typer==0.29.2"]), [], TODAY)
    assert failed
    assert lines[0] == "2 of 2 pinned packages were audited"
    assert lines[1].startswith("FOUND rich 15.0.0: GHSA-1, fixed in ")


def test_every_allowed_hole_has_its_reason_and_its_day() -> None:
    """The list is sound, and names packages that are pinned."""
    names = {pin.partition("==")[0].lower() for pin in pins()}
    assert all(each["package"].lower() in names and each["reason"] for each in allowed(ALLOWED))


def test_kairos_runs_on_allowed_licences_only() -> None:
    """Every package of requirements.txt and of the extras; what says nothing is not allowed."""
    rows = licence_rows()
    assert sum(row.used == RUN for row in rows) > 50
    assert refused(rows) == []


@pytest.mark.parametrize("licence", ["unknown", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only"])
def test_an_unfit_licence_is_refused(licence: str) -> None:
    """One line that names the package."""
    (line,) = refused([Row("name", "1.0", licence, RUN)])
    assert line.startswith(f"name 1.0: licence {licence} ")
