"""House rules: what must hold of the project's files, whoever adds the next one."""

import ast
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", "output"}
MOST_LINES = 400
SOMEBODYS_FOLDER = re.compile(
    r"(?<![\w.-])/(?:home|Users|root|work|opt|mnt|private|var/folders)/\w" r"|\b[A-Z]:\\\\?Users\b"
)


def project_files(*endings: str) -> list[Path]:
    """Files that are or would be committed; all kinds, or those that end in one of `endings`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
        paths = [ROOT / name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive, or no git
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & {*path.relative_to(ROOT).parts}]
    return sorted(p for p in paths if p.is_file() and (not endings or p.name.endswith(endings)))


def named(path: Path) -> str:
    """A path as it is written in the project: from its root, with slashes."""
    return path.relative_to(ROOT).as_posix()


# --- Python files ---------------------------------------------------------------------------------


def test_an_init_file_hands_on_names_and_does_nothing_else() -> None:
    """Importing a folder runs no code of its own: docstring, re-exports and __all__ at most."""
    doing = {}
    for path in project_files("__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        doing[named(path)] = [ast.unparse(node) for node in body if not _hands_on(node)]
    assert {name: code for name, code in doing.items() if code} == {}


def _hands_on(statement: ast.stmt) -> bool:
    is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    is_all = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"
    return is_docstring or is_all or isinstance(statement, ast.ImportFrom)


def test_no_module_outgrows_a_few_pages() -> None:
    """A file that needs a table of contents is two files."""
    counted = {named(p): len(p.read_text(encoding="utf-8").splitlines()) for p in _own_modules()}
    assert {name: lines for name, lines in counted.items() if lines > MOST_LINES} == {}


def test_every_folder_of_infrastructure_has_its_floor() -> None:
    """A new folder is put into the import contract before anything is built on it."""
    floors = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {module for floor in floors for module in re.split(r"\s*[|:]\s*", floor)}
    found = {
        "infrastructure." + path.relative_to(ROOT / "infrastructure").parts[0].removesuffix(".py")
        for path in _own_modules()
        if path.is_relative_to(ROOT / "infrastructure")
    } - {"infrastructure.__init__"}
    assert found | {"strategies"} == placed


def _own_modules() -> list[Path]:
    """The Python files that Kairos itself is made of."""
    homes = (ROOT / "infrastructure", ROOT / "strategies")
    modules = project_files(".py")
    return [p for p in modules if p.parent == ROOT or any(map(p.is_relative_to, homes))]


# --- Texts ----------------------------------------------------------------------------------------


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    """Nothing depends on, or tells of, the computer it was written on."""
    assert _found_in_texts(SOMEBODYS_FOLDER) == {}


def test_every_merge_was_brought_to_its_end() -> None:
    """No file has the marks that git leaves where two branches wrote the same lines."""
    assert _found_in_texts(re.compile(r"^(<{7}|>{7}) .*", re.MULTILINE)) == {}


def _found_in_texts(wanted: re.Pattern[str]) -> dict[str, str]:
    """The first thing of the kind that each file has, where it has one."""
    found = {}
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        if match := wanted.search(text):
            found[named(path)] = match.group()
    return found


def test_every_link_of_a_page_leads_somewhere() -> None:
    """A link to a file finds the file, and one to a heading finds the heading."""
    broken = {}
    for page in project_files(".md"):
        links = _links(page.read_text(encoding="utf-8"))
        broken[named(page)] = [link for link in links if not _leads_somewhere(page, link)]
    assert {name: links for name, links in broken.items() if links} == {}


def _links(text: str) -> list[str]:
    """What a page links to and the pictures it shows, code left out."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"", prose)
    return [markdown or html for markdown, html in found]


def _leads_somewhere(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):  # another site's page: no test goes there
        return True
    name, _, heading = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists() or not target.resolve().is_relative_to(ROOT):
        return False
    return not heading or heading in _headings(target.read_text(encoding="utf-8"))


def _headings(text: str) -> set[str]:
    """The anchors that a page's headings get: lower case, spaces to dashes, no punctuation."""
    titles = re.findall(r"^#+ +(.+)$", text, flags=re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


# --- Targets --------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target() -> None:
    """Whoever types `make` sees all that it can do, each with a line of help."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=inherited, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert len(targets) >= 10
    for target in targets:
        assert any(re.match(rf"  make {target} +\w", line) for line in listed), target
