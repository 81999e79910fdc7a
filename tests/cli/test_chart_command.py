"""`kairos chart`: candles and signals as an HTML page and a PNG picture."""

import json
import re

import pytest
from cli_setup import Shop

PNG = b"\x89PNG"


def test_a_chart_is_a_page_and_a_picture(shop: Shop) -> None:
    """Both in the output folder, named after symbol and interval; their paths are printed."""
    done = shop.kairos("chart", "QQQ")
    assert (done.code, done.err) == (0, "")
    told, page, picture = done.out.splitlines()
    assert told.startswith("QQQ 30m: 273 bars, ")
    assert (page, picture) == (
        "output/QQQ_30m_tight_candles.html",
        "output/QQQ_30m_tight_candles.png",
    )
    assert (shop.folder / page).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (shop.folder / picture).read_bytes().startswith(PNG)


def test_thresholds_come_from_a_strategys_config(shop: Shop) -> None:
    """A threshold of zero leaves no signal."""
    shop.portfolio()
    config = shop.folder / "config" / "strategies" / "single.json"
    strategy = json.loads(config.read_text())
    strategy["indicator"]["parameters"] = {"tightness_threshold": 0.0}
    config.write_text(json.dumps(strategy))
    done = shop.kairos("chart", "QQQ", "--config", config, "--output", "charts")
    assert "273 bars, 0 long and 0 short signals" in done.out
    assert (shop.folder / "charts" / "QQQ_30m_tight_candles.png").exists()


def test_one_signal_has_a_chart_of_its_own(shop: Shop) -> None:
    """By its number, from the front or from the back."""
    done = shop.kairos("chart", "QQQ", "--signal", -1, "--end", "2024-01-05")
    found = re.search(r"(\d+) long and (\d+) short", done.out)
    assert found
    count = int(found[1]) + int(found[2])
    assert f"output/QQQ_30m_signal_{count}.png" in done.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("NOPE",), "NOPE 30m: no bars stored"),
        (("QQQ", "--signal", "0"), "--signal: expected 1 to "),
        (("QQQ", "--signal", "9999"), "--signal: expected 1 to "),
        (("QQQ", "--config", "missing.json"), "missing.json: no such file"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(
    shop: Shop, arguments: tuple[str, ...], line: str
) -> None:
    """Exit code 2, and no file."""
    done = shop.kairos("chart", *arguments)
    assert done.code == 2
    assert line in done.error
    assert not (shop.folder / "output").exists()


def test_a_config_of_another_indicator_is_refused(shop: Shop) -> None:
    """The chart would show signals that the strategy never gives."""
    path = shop.folder / "other.json"
    path.write_text(
        json.dumps(
            {
                "strategy_name": "other",
                "class_name": "DonchianBreakout",
                "symbols": ["QQQ"],
                "interval": "30m",
                "indicator": {"name": "DonchianChannel"},
            }
        )
    )
    done = shop.kairos("chart", "QQQ", "--config", path)
    assert done.code == 2
    assert 'found "DonchianChannel"' in done.error
