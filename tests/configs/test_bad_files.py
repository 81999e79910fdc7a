"""Files that hold no config, given to `kairos run`: one line, exit code 2, nothing written."""

import os
from pathlib import Path

import pytest
from config_setup import Configs
from test_bad_configs import GOOD_PORTFOLIO, GOOD_STRATEGY
from test_json_files import BAD

from infrastructure.cli.app import main

DEEP = [
    (b"[" * 10_000 + b"]" * 10_000, "is nested deeper than 20 levels"),
    (b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, "is nested deeper than 20 levels"),
    (b'{"a": ' + b"[" * 10_000, "is nested deeper than 20 levels"),
]
CODED = [
    ("é".encode("latin-1"), "line 1 is not UTF-8 text (byte 0xe9); save it as UTF-8"),
    ('{"a": 1}'.encode("utf-32-be"), "is UTF-32 text; save it as UTF-8"),
    ('{"a": 1}'.encode("utf-16-le"), "is UTF-16 text; save it as UTF-8"),
    (b'{"a": "\xed\xa0\x80"}', "line 1 is not UTF-8 text (byte 0xed); save it as UTF-8"),
    (b'{"a": "\xc0\xaf"}', "line 1 is not UTF-8 text (byte 0xc0); save it as UTF-8"),
    (b"\x80\x04\x95", "line 1 is not UTF-8 text (byte 0x80); save it as UTF-8"),  # a pickle
    (b"\x1f\x8b\x08", "line 1 is not UTF-8 text (byte 0x8b); save it as UTF-8"),
    (b"strategy_name: x", "line 1, column 1 is not valid JSON: expecting value"),
    (b"cos\nsystem\n(S'id'\ntR.", "line 1, column 1 is not valid JSON: expecting value"),
    (b"<config/>", "line 1, column 1 is not valid JSON: expecting value"),
]
CASES = [*BAD, *DEEP, *CODED]


@pytest.fixture
def configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configs:
    """The good portfolio and its strategy in a folder, in which commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAIROS_DB", raising=False)
    return Configs(tmp_path, GOOD_STRATEGY, GOOD_PORTFOLIO)


@pytest.mark.parametrize(("content", "problem"), CASES, ids=[str(case[0][:30]) for case in CASES])
def test_a_bad_file_is_one_line(
    content: bytes, problem: str, configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the strategy's file and as the portfolio's."""
    configs.strategy.write_bytes(content)
    assert configs.refused(capsys) == f"tight.json: {problem}"
    configs.portfolio.write_bytes(content)
    assert configs.refused(capsys) == f"single.json: {problem}"


def test_100_megabytes_are_refused_before_they_are_read(
    configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """No more than the first five are looked at."""
    for path in (configs.strategy, configs.portfolio):
        with path.open("wb") as file:
            file.truncate(100_000_000)
        expected = f"{os.path.relpath(path)}: is larger than 5 MB; no config is so large"
        assert configs.refused(capsys).endswith(expected)


def test_what_is_no_file_is_one_line(configs: Configs, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder, a pipe, a device, a link to itself, to nothing, and out of the folder."""
    outside = configs.work / "outside.json"
    outside.write_text("{}")
    strategy = configs.strategy
    where = "single.json: strategies[0].strategy"
    named = f'{where} names no file, {strategy}; found "tight"'
    strategy.unlink()
    strategy.mkdir()
    assert configs.refused(capsys) == named
    strategy.rmdir()
    os.mkfifo(strategy)
    assert configs.refused(capsys) == named
    strategy.unlink()
    for target in (strategy, configs.work / "nothing.json"):
        strategy.symlink_to(target)
        assert configs.refused(capsys).startswith(named if target == strategy else where)
        strategy.unlink()
    for target in (outside, Path("/etc/passwd"), Path("../../outside.json"), Path(os.devnull)):
        strategy.symlink_to(target)
        assert configs.refused(capsys) == f'{where} must not leave {configs.folder}; found "tight"'
        strategy.unlink()


def test_a_path_that_is_no_file_is_one_line(
    configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same of what the command line names."""
    loop, pipe = configs.work / "loop.json", configs.work / "pipe.json"
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    for given, problem in [
        (configs.work, "is a folder; expected a JSON file"),
        (loop, "cannot be read: Too many levels of symbolic links"),
        (pipe, "is a pipe or a device; expected a JSON file"),
        (os.devnull, "is a pipe or a device; expected a JSON file"),
        ("/dev/zero", "is a pipe or a device; expected a JSON file"),
        ("a\0b.json", "cannot be the path of a file: no path holds such characters"),
        ("../../etc/passwd.json", "no such file: there is no folder ../../etc"),
        (r"\\host\share\x.json", "no such file"),
        (r"C:\x.json", "no such file"),
        ("x" * 5_000 + ".json", "cannot be read: File name too long"),
        ("https://example.com/x.json", "no such file: there is no folder https:/example.com"),
        ("$(id).json", "no such file"),
        ("'; DROP TABLE algo_trades; --.json", "no such file"),
    ]:
        shown = str(Path(given)).replace("\0", "\\x00")
        configs.portfolio = Path(given)
        assert configs.refused(capsys) == f"{shown}: {problem}"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_file_that_may_not_be_read_is_one_line(
    configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """The system's own words."""
    configs.portfolio.chmod(0)
    assert configs.refused(capsys) == f"{configs.portfolio}: cannot be read: Permission denied"


def test_a_byte_order_mark_is_no_fault(
    configs: Configs, capsys: pytest.CaptureFixture[str]
) -> None:
    """Windows puts it there: the config behind it is read, and the run only lacks its bars."""
    for path in (configs.strategy, configs.portfolio):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert main(["run", str(configs.portfolio)]) == 2
    assert "no bars stored" in capsys.readouterr().err
