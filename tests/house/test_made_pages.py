"""House rules: pages made from code say what the code says."""

import pytest

from tools.remake_docs import PAGES, ROOT


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_code_is_up_to_date(name: str) -> None:
    """`make docs` would change nothing."""
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"
