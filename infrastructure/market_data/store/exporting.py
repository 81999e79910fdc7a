"""Bars into files that any program reads, this one included: no digit is lost."""

from pathlib import Path

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import VALUES
from infrastructure.whole_file import whole_file

_ENDINGS = (".csv", ".csv.gz", ".parquet")


def export_bars(bars: Bars, path: Path) -> None:
    """Write bars as CSV or Parquet, by the path's ending; stamps are UTC bar starts.

    The file is whole or not there.
    Raises ConfigError for another ending, DataError where the file cannot be written.
    """
    ending = next((each for each in _ENDINGS if path.name.endswith(each)), None)
    if ending is None:
        raise ConfigError(
            f"{path}: expected a name that ends in {', '.join(_ENDINGS)}; found {path.name!r}"
        )
    frame = bars.to_frame()[[*VALUES]]
    try:
        with whole_file(path, replace=True) as unfinished:
            if ending == ".parquet":
                frame.to_parquet(unfinished)
            else:
                frame.to_csv(unfinished, date_format="%Y-%m-%dT%H:%M:%SZ")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror or error})") from None
