"""House rule: nothing that Kairos reads becomes code, but for the strategies in strategies/."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_project import ROOT, named, project_files

READERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
READERS |= {"pickletools", "copyreg", "yaml", "jsonpickle", "code", "codeop", "zipimport"}
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
CALLS |= {"system", "popen"}
METHODS = {"read_pickle", "to_pickle", "load_module", "run_path", "run_module"}
METHODS |= {"unsafe_load", "full_load", "read_hdf"}
LOADERS = {"np.load", "numpy.load", "yaml.load", "torch.load"}
"""Good with `allow_pickle=False` at most, which must then be written out."""

ALLOWED = {
    ("infrastructure/strategy_management/strategy_registry.py", "import_module"),
    ("infrastructure/strategy_management/strategy_registry.py", "exec_module"),
    ("infrastructure/market_data/files/opening.py", "import_module"),
    ("infrastructure/research/sweeps/same_code.py", "import_module"),
}
"""Where a module is imported by a name that the program works out: of its own files alone."""


def faults(source: str) -> Iterator[str]:
    """What in a module reads pickles or makes code of data, as `line: what`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            whole = [each.name for each in node.names]
            modules = whole if isinstance(node, ast.Import) else [node.module or ""]
            for module in modules:
                if module.split(".")[0] in READERS:
                    yield f"{node.lineno}: import {module}"
        if isinstance(node, ast.Call):
            yield from (f"{node.lineno}: {what}" for what in _faults_of(node))


def _faults_of(call: ast.Call) -> Iterator[str]:
    """What is wrong with one call."""
    called = ast.unparse(call.func)
    method = called.rpartition(".")[2]
    keywords = {each.arg: ast.unparse(each.value) for each in call.keywords}
    if called in CALLS or (method != called and method in METHODS):
        yield f"{called}()"
    if called in LOADERS and keywords.get("allow_pickle") != "False":
        yield f"{called}()"
    for keyword in ("allow_pickle", "shell"):
        if keywords.get(keyword, "False") != "False":
            yield f"{keyword}={keywords[keyword]}"
    if method in ("import_module", "exec_module"):
        yield method


def program_files() -> list[Path]:
    """Every module that runs when Kairos runs."""
    roots = ("infrastructure/", "strategies/", "main.py")
    return [path for path in project_files(".py") if named(path).startswith(roots)]


def test_no_pickle_is_read_and_no_text_becomes_code() -> None:
    """Neither by import nor by name; modules by name are Kairos's own and those of strategies/."""
    found = {}
    for path in program_files():
        bad = [
            each
            for each in faults(path.read_text(encoding="utf-8"))
            if (named(path), each.partition(": ")[2]) not in ALLOWED
        ]
        if bad:
            found[named(path)] = bad
    assert found == {}
    assert len(program_files()) > 300


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import pickle", "1: import pickle"),
        ("def f():\n    from dill import load", "2: import dill"),
        ("import os, joblib.memory", "1: import joblib.memory"),
        ("pd.read_pickle(x)", "1: pd.read_pickle()"),
        ("np.load(x)", "1: np.load()"),
        ("np.load(x, allow_pickle=True)", "1: allow_pickle=True"),
        ("read(x, allow_pickle=wanted)", "1: allow_pickle=wanted"),
        ("yaml.load(x)", "1: yaml.load()"),
        ("torch.load(x)", "1: torch.load()"),
        ("eval(x)", "1: eval()"),
        ("exec(x)", "1: exec()"),
        ("compile(x, '', 'exec')", "1: compile()"),
        ("__import__(x)", "1: __import__()"),
        ("os.system(x)", "1: os.system()"),
        ("subprocess.run(x, shell=True)", "1: shell=True"),
        ("importlib.import_module(x)", "1: import_module"),
    ],
)
def test_what_the_rule_forbids_it_finds(source: str, fault: str) -> None:
    """A rule that finds nothing anywhere would hold too."""
    assert fault in [*faults(source)]


def test_what_is_imported_by_name_is_named_in_the_program() -> None:
    """The reader of a file is one of a table of constants, never a word of the file."""
    source = (ROOT / "infrastructure/market_data/files/opening.py").read_text(encoding="utf-8")
    (call,) = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
    ]
    assert ast.unparse(call.args[0]).startswith("f'infrastructure.market_data.files.")
