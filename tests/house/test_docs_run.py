"""Pages that promise to run do run."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["your-own-strategy.md"])
def test_every_python_block_of_the_page_runs(page: str) -> None:
    """The blocks of a page run one after the other in one namespace; their asserts hold."""
    blocks = BLOCK.findall((DOCS / page).read_text())
    assert len(blocks) >= 3
    names: dict[str, object] = {"__name__": "page"}
    for block in blocks:
        exec(compile(block, str(DOCS / page), "exec"), names)
