"""Times in words, at no fixed place."""

import pandas as pd

from infrastructure.market_data.files.stamp_text import read_stamps


def test_rows_of_one_column_may_write_their_times_differently() -> None:
    """Each row is read by a form that fits it, once; what fits none is not readable."""
    texts = ["May 2, 2024", "2 Jan 2024", "nothing", "3-Jan-24", "1-2-2024 9:30 PM"]
    stamps = read_stamps(pd.Series(texts), "month-first")
    shown = [str(moment) for moment in stamps.wall.astype("datetime64[s]")]
    assert stamps.readable.tolist() == [True, True, False, True, True]
    assert shown[:2] == ["2024-05-02T00:00:00", "2024-01-02T00:00:00"]
    assert shown[3:] == ["2024-01-03T00:00:00", "2024-01-02T21:30:00"]


def test_a_month_whose_short_name_is_its_whole_name_is_read() -> None:
    """May fits two forms: short and long names of months."""
    stamps = read_stamps(pd.Series(["May 2, 2024", "May 3, 2024"]))
    assert stamps.wall.tolist() == [1714608000, 1714694400]
