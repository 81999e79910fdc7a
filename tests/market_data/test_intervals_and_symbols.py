import pytest

from infrastructure.errors import ConfigError
from infrastructure.market_data.intervals import interval_name, interval_seconds
from infrastructure.market_data.symbols import check_symbol


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [("1m", 60), ("5m", 300), ("30m", 1800), ("1h", 3600), ("4h", 14400), ("1d", 86400)],
)
def test_interval_and_its_length_name_each_other(interval: str, seconds: int) -> None:
    """One spelling for each length, one length for each spelling."""
    assert interval_seconds(interval) == seconds
    assert interval_name(seconds) == interval


@pytest.mark.parametrize(
    "interval",
    ["", "30", "m", "0m", "-5m", "1.5h", "2d", "25h", "1w", "30M", "30 m", "30m\n", "٣m"],
)
def test_other_intervals_are_refused(interval: str) -> None:
    """What is no interval is named in one line, with examples of what is."""
    with pytest.raises(ConfigError, match="such as 1m, 5m, 30m, 1h, 4h, 1d; found") as caught:
        interval_seconds(interval)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("given", "proper"), [("60m", "1h"), ("24h", "1d"), ("1440m", "1d")])
def test_second_spellings_are_refused_with_the_first(given: str, proper: str) -> None:
    """Bars stored under 60m would not be found under 1h."""
    with pytest.raises(ConfigError, match=f'did you mean "{proper}"'):
        interval_seconds(given)


@pytest.mark.parametrize("seconds", [0, -60, 30, 90, 86_460, 172_800])
def test_lengths_that_are_no_interval_have_no_name(seconds: int) -> None:
    """Whole minutes up to one day."""
    assert interval_name(seconds) is None


@pytest.mark.parametrize(
    "symbol",
    ["QQQ", "BRK.B", "^NDX", "EURUSD=X", "BTC/USDT", "NASDAQ:QQQ", "ES_F", "a-1", "x" * 32],
)
def test_symbols_of_all_vendors_are_taken(symbol: str) -> None:
    """A symbol is handed back as it is, its case included."""
    assert check_symbol(symbol) == symbol


@pytest.mark.parametrize(
    "symbol", ["", "x" * 33, "Q Q", "QQQ\n", "../QQQ", "Q..Q", "Q'", "QQQ;", "Ä", "q\\q", "*"]
)
def test_other_symbols_are_refused(symbol: str) -> None:
    """Nothing that a path, a shell or an eye could take for something else."""
    with pytest.raises(ConfigError, match="symbol: expected") as caught:
        check_symbol(symbol)
    assert "\n" not in str(caught.value)
