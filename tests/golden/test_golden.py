"""Shipped portfolios give the figures that were read and kept."""

import json

import pytest
from golden_runs import HERE, NAMES, golden_run


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_portfolio_gives_its_golden_figures(name: str) -> None:
    """Whoever changes a figure remakes the file with `make golden` and says why in the commit."""
    kept = json.loads((HERE / f"{name}.json").read_text())
    found = json.loads(json.dumps(golden_run(name)))
    assert found == kept
