"""The digest of a strategy's code: what changes it, and what does not."""

import importlib.util
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infrastructure.core.signals import Signals
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.market_data.bars import Bars
from infrastructure.strategy_management import strategy_code
from infrastructure.strategy_management.strategy_code import code_digest
from infrastructure.strategy_management.strategy_registry import find_strategy_classes
from infrastructure.strategy_management.syntax import syntax_of

MODULE = "strategies.planted_idea"
FILES = {
    "strategies/planted_idea.py": "from strategies import helper\nclass Idea: ...\n",
    "strategies/helper.py": "def late():\n    import infrastructure.indicators.deep as deep\n",
    "strategies/other.py": "X = 1\n",
    "infrastructure/indicators/deep.py": "from infrastructure.indicators.deeper import a\n",
    "infrastructure/indicators/deeper/__init__.py": "from .deepest import a\n",
    "infrastructure/indicators/deeper/deepest.py": "import infrastructure.market_data\na = 1\n",
    "infrastructure/market_data.py": "B = 1\n",
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small repository of its own, with an idea that imports through several floors."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(strategy_code, "ROOT", tmp_path)
    yield tmp_path
    sys.modules.pop(MODULE, None)


def digest_in(repository: Path) -> str:
    """The digest of the idea as its files are now."""
    spec = importlib.util.spec_from_file_location(MODULE, repository / "strategies/planted_idea.py")
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module
    return code_digest(type("Idea", (), {"__module__": MODULE}))


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("strategies/planted_idea.py", True),
        ("strategies/helper.py", True),
        ("infrastructure/indicators/deep.py", True),
        ("infrastructure/indicators/deeper/__init__.py", True),
        ("infrastructure/indicators/deeper/deepest.py", True),
        ("strategies/other.py", False),
        ("infrastructure/market_data.py", False),
    ],
)
def test_what_the_idea_imports_counts(repository: Path, name: str, counts: bool) -> None:
    """Its own file and all it imports of ideas and indicators, inside functions and from dots."""
    before = digest_in(repository)
    path = repository / name
    path.write_text(path.read_text() + "# changed\n")
    assert (digest_in(repository) != before) is counts


def test_line_ends_do_not_count(repository: Path) -> None:
    """A checkout on Windows is the same code."""
    before = digest_in(repository)
    path = repository / "strategies/helper.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert digest_in(repository) == before


def test_a_moved_line_counts(repository: Path) -> None:
    """What stands in one file cannot pass for the same in another."""
    helper, indicator = "strategies/helper.py", "infrastructure/indicators/deep.py"
    digests = []
    for end, beginning in (("# x\n", ""), ("", "# x\n")):
        (repository / indicator).write_text(FILES[indicator] + end)
        (repository / helper).write_text(beginning + FILES[helper])
        digests.append(digest_in(repository))
    assert digests[0] != digests[1]


def test_a_broken_file_beside_it_is_no_error(repository: Path) -> None:
    """What is never imported cannot stop a run."""
    (repository / "strategies/helper.py").write_text("def late(:\n")
    assert len(digest_in(repository)) == 64


def test_every_shipped_strategy_has_its_own_digest() -> None:
    """Six classes, six digests, the same when asked again."""
    digests = [code_digest(each) for each in find_strategy_classes().values()]
    assert len(set(digests)) == len(digests) >= 6
    assert digests == [code_digest(each) for each in find_strategy_classes().values()]


def test_a_class_without_a_file_is_digested_by_what_it_does() -> None:
    """Typed in twice it is the same; with another number in it, it is not."""
    text = """
class Idea(VectorBTStrategy):
    number: int = {0}

    def generate_signals(self, bars):
        return Signals(long=[price > {1} for price in bars.close])
"""

    def typed_in(number: int, limit: int) -> type:
        names = {"VectorBTStrategy": VectorBTStrategy, "Signals": Signals, "Bars": Bars}
        exec(text.format(number, limit), {**names, "__name__": "a_prompt"}, names)
        made = names["Idea"]
        assert isinstance(made, type)
        return made

    digests = [code_digest(typed_in(*each)) for each in ((1, 2), (1, 2), (2, 2), (1, 3))]
    assert digests[0] == digests[1]
    assert len({*digests}) == 3


def test_many_threads_look_at_code_at_once() -> None:
    """CPython 3.11 cannot make two syntax trees at once; whoever asks gets one all the same."""
    source = b"x = [" + b"[1], " * 3_000 + b"]\n"
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(syntax_of, [source] * 64))
    assert all(tree is not None for tree in trees)
    assert syntax_of(b"def (") is None
