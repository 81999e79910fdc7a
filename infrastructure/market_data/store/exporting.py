"""Bars into files that any program reads, this one included: no digit is lost."""

from contextlib import suppress
from pathlib import Path

from infrastructure.errors import ConfigError, DataError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.columns import VALUES

_ENDINGS = (".csv", ".csv.gz", ".parquet")


def export_bars(bars: Bars, path: Path) -> None:
    """Write bars as CSV or Parquet, by the path's ending; stamps are UTC bar starts.

    The file is whole or not there: it is written under another name first.
    Raises ConfigError for another ending, DataError where the file cannot be written.
    """
    ending = next((each for each in _ENDINGS if path.name.endswith(each)), None)
    if ending is None:
        raise ConfigError(
            f"{path}: expected a name that ends in {', '.join(_ENDINGS)}; found {path.name!r}"
        )
    frame = bars.to_frame()[[*VALUES]]
    unfinished = path.with_name(f".{path.name}.unfinished{ending}")
    try:
        if ending == ".parquet":
            frame.to_parquet(unfinished)
        else:
            frame.to_csv(unfinished, date_format="%Y-%m-%dT%H:%M:%SZ")
        unfinished.replace(path)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path}: cannot be written ({reason})") from None
    finally:
        with suppress(OSError):  # where nothing could be written, nothing is left
            unfinished.unlink(missing_ok=True)
