"""Strategies from strangers: whatever their code does, it ends as one line, and nothing is stored.

Each case is a class in `ideas` and what the line says of it between its name and the place.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from stranger_setup import IDEAS, ROOT, configs_of, kairos_process, ledger_rows, marked_line

from infrastructure.cli.app import main
from infrastructure.core.foreign_code import foreign_code
from infrastructure.core.time_limit import seconds_allowed, time_limit
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError, StrategyError
from infrastructure.market_data.store.reading import read_bars
from infrastructure.strategy_management.strategy_registry import strategy_class

RAISING = {
    "Divides": "ZeroDivisionError: integer division or modulo by zero",
    "Exits": "SystemExit: 0",
    "Interrupts": "KeyboardInterrupt",
    "Stops": "StopIteration",
    "Leaves": "GeneratorExit",
    "Unusual": "Unheard: so",
    "SpeaksInLines": "ValueError: one two\\x1b[31m\\u202e",
    "Speechless": "DumbError",
    "Talks": f"ValueError: {'x' * 200}",
    "Ragged": "ValueError: setting an array element with a sequence. The requested array has an "
    "inhomogeneous shape after 1 dimensions. The detected shape was (2,) + inhomogeneous part.",
    "Writes": "ValueError: assignment destination is read-only",
    "Unlocks": "ValueError: cannot set WRITEABLE flag to True of this array",
    "UnlocksBelow": "ValueError: cannot set WRITEABLE flag to True of this array",
    "Assigns": "FrozenInstanceError: cannot assign to field 'close'",
}
UNUSABLE = {
    "Accuses": "the books disagree",
    "Nothing": "generate_signals must return Signals; found NoneType",
    "Column": "generate_signals must return Signals; found ndarray",
    "Shorter": "generate_signals must return one row per bar; long has 38 rows for 39 bars",
    "TwoColumns": "Signals.long must have shape (n_bars,); found (39, 2)",
    "Unsure": "Signals.long must hold True or False for every bar; found dtype float64 (a "
    "comparison such as `fast > slow` gives the right one)",
    "Words": "Signals.short must hold True or False for every bar; found dtype <U3 (a comparison "
    "such as `fast > slow` gives the right one)",
    "Levels": "Signals.long_level must hold a price, or NaN, for every bar; found dtype <U3",
    "Imaginary": "Signals.short_level must hold a price, or NaN, for every bar; found dtype "
    "complex128",
    "Tampers": "Signals.long was changed to what it may not hold",
    "Pretends": "generate_signals must return one row per bar; long has 1 rows for 39 bars",
}
LINES = {
    **{name: f"generate_signals raised {said}" for name, said in RAISING.items()},
    **UNUSABLE,
}


def place(name: str) -> str:
    """Where the strategy goes wrong, as a line tells it."""
    return f" (hostile_ideas.py, line {marked_line(name)})"


def refused(folder: Path, name: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """The one line of `kairos run` on a portfolio of this strategy; nothing is stored."""
    code = main(["run", str(configs_of(name, folder)), *more])
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert (code, printed.out, ledger_rows(folder / "kairos.db")) == (2, "", 0)
    return line


@pytest.mark.usefixtures("strange_ideas")
@pytest.mark.parametrize("name", LINES)
def test_bad_code_is_one_line(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The strategy, what it did, where, what to do; exit code 2 and an empty ledger."""
    advice = "; mend it there" if name in RAISING else ""
    assert refused(folder, name, capsys) == f"error: Bad: {LINES[name]}{place(name)}{advice}"


@pytest.mark.usefixtures("strange_ideas")
def test_endless_recursion_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pythons differ in the words."""
    line = refused(folder, "Recurses", capsys)
    assert line.startswith("error: Bad: generate_signals raised RecursionError: maximum recursion")
    assert line.endswith(f"{place('Recurses')}; mend it there")


@pytest.mark.usefixtures("strange_ideas")
def test_a_strategy_may_say_what_it_lacks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A DataError or ConfigError of its own is for the user, not for the strategy's author."""
    expected = "error: strange.json: bad: Bad: a year of bars, please"
    assert refused(folder, "Wants", capsys) == expected


@pytest.mark.usefixtures("strange_ideas")
def test_a_strategy_that_cannot_be_made_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own `__init__` is its own code too."""
    expected = f"error: Bad: __init__ raised OSError: no licence{place('Unmakeable')}"
    assert refused(folder, "Unmakeable", capsys) == f"{expected}; mend it there"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_users_own_interrupt_stays_one(number: int) -> None:
    """Ctrl-C, or a request to end, during the strategy's code is no fault of the strategy."""
    before = signal.signal(number, signal.default_int_handler)
    try:
        with (
            pytest.raises(KeyboardInterrupt),
            foreign_code(lambda _: StrategyError(), lambda _: ""),
        ):
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)


# --- Time -----------------------------------------------------------------------------------------

alarms = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms on this system")


@alarms
@pytest.mark.parametrize("name", ["Loops", "Catches"])
def test_an_endless_loop_ends_with_its_time(name: str, folder: Path) -> None:
    """In a notebook too: the loop's line is named, and the alarm is as it was before."""
    database = open_database(folder / "kairos.db")
    bars = read_bars(database, "QQQ", "30m")
    database.close()
    strategy = strategy_class(name, IDEAS)(symbols=["QQQ"], interval="30m")
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(0.2), pytest.raises(StrategyError) as refusal:
        strategy.signals(bars)
    assert str(refusal.value) == (
        f"{name}: generate_signals took longer than 0.2 s{place(name)}; mend it there, or allow "
        "more: --time-limit SECONDS or KAIROS_TIME_LIMIT"
    )
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert seconds_allowed() is None


@alarms
def test_an_import_that_never_ends_ends_with_its_time() -> None:
    """The code at the top of a strategy's file is its own code too."""
    with time_limit(0.2), pytest.raises(ConfigError) as refusal:
        strategy_class("NeverThere", IDEAS)
    assert str(refusal.value) == (
        f"ideas/looping_import.py, line {marked_line('NeverThere')}: its import took longer than "
        "0.2 s; mend it there, or allow more: --time-limit SECONDS or KAIROS_TIME_LIMIT"
    )


def test_a_compiled_loop_ends_the_command(folder: Path) -> None:
    """It hears no alarm: the process says its line and ends, and the ledger is as it was."""
    done = kairos_process(folder, "run", configs_of("LoopsCompiled", folder), "--time-limit", "0.5")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"error: Bad: generate_signals took longer than 0.5 s{place('LoopsCompiled')}; mend it "
        "there, or allow more: --time-limit SECONDS or KAIROS_TIME_LIMIT\n"
    )
    assert ledger_rows(folder / "kairos.db") == 0


def test_a_loop_in_a_sweeps_thread_ends_the_command(folder: Path) -> None:
    """Threads beside the main one hear no alarm either."""
    path = configs_of("Loops", folder)
    values = ("--param", "risk_reward=1,2", "--workers", "2", "--time-limit", "0.5")
    done = kairos_process(folder, "sweep", path, *values)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(
        f"error: Bad: generate_signals took longer than 0.5 s{place('Loops')}; mend it there"
    )


@pytest.mark.parametrize("given", ["-1", "soon", "nan", "1e9"])
def test_a_time_that_is_none_is_one_line(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was expected and what was found."""
    assert main(["run", "x.json", "--time-limit", given]) == 2
    assert capsys.readouterr().err == (
        "error: invalid value for '--time-limit' (env var: 'KAIROS_TIME_LIMIT'): expected seconds "
        f"from 0 (no limit) to 1,000,000; found '{given}' (see `kairos run --help`)\n"
    )
    assert seconds_allowed() is None


def test_the_limit_of_a_command_ends_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes from the option or KAIROS_TIME_LIMIT, and leaves nothing behind in the process."""
    path = configs_of("TightCandleStrategy", folder)
    monkeypatch.setenv("KAIROS_TIME_LIMIT", "nan")
    assert main(["run", str(path)]) == 2
    monkeypatch.setenv("KAIROS_TIME_LIMIT", "60")
    assert main(["run", str(path)]) == 0
    assert seconds_allowed() is None
    capsys.readouterr()


# --- Memory ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to a limit")
def test_more_memory_than_there_is_is_one_line(folder: Path) -> None:
    """50 GB where 4 are allowed: the process is told, not killed."""
    done = kairos_process(folder, "run", configs_of("Hoards", folder), most_memory=4 << 30)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: Bad: generate_signals raised MemoryError: Unable to allocate 50.0 GiB for an array "
        f"with shape (6710886400,) and data type float64{place('Hoards')}; mend it there\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to a limit")
def test_a_command_is_held_to_the_machines_memory() -> None:
    """Below all that there is; a lower limit that was set already stays."""
    code = (
        "import resource; from infrastructure.cli.bounds import bound_memory, memory_of_machine\n"
        "bound_memory(); held = resource.getrlimit(resource.RLIMIT_DATA)[0]\n"
        "assert 0 < held < memory_of_machine()\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, resource.RLIM_INFINITY))\n"
        "bound_memory(); print(resource.getrlimit(resource.RLIMIT_DATA)[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{1 << 30}\n", "")
