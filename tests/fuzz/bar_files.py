"""Good files of bars, of every kind that is read: what the importers' fuzzing starts from."""

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "market_data" / "files"))
from vendor_files import SAMPLES

STAMPS = [1_704_205_800 + 1_800 * n for n in range(8)]
CLOSES = [400.0, 400.5, 401.25, 399.75, 400.0, 402.5, 403.0, 402.0]
ROWS = [
    {"time": stamp, "open": close, "high": close + 1, "low": close - 1, "close": close, "volume": 9}
    for stamp, close in zip(STAMPS, CLOSES, strict=True)
]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


def _texts() -> dict[str, bytes]:
    header = "time,open,high,low,close,volume"
    plain = "\n".join([header, *(",".join(map(str, row.values())) for row in ROWS)]) + "\n"
    vendors = {f"{name}.csv": each.text.encode() for name, each in SAMPLES.items()}
    return {"plain.csv": plain.encode(), **vendors}


def _answers() -> dict[str, Any]:
    """JSON as providers give it."""
    quote = {name: COLUMNS[name] for name in ("open", "high", "low", "close", "volume")}
    times = [f"2024-01-{day:02} 10:00:00" for day in range(2, 10)]
    numbered = ("1. open", "2. high", "3. low", "4. close", "5. volume")
    series = {
        time: dict(zip(numbered, map(str, [*row.values()][1:]), strict=True))
        for time, row in zip(times, ROWS, strict=True)
    }
    short = dict(zip(("t", "o", "h", "l", "c", "v"), COLUMNS.values(), strict=True))
    return {
        "rows.json": ROWS,
        "columns.json": COLUMNS,
        "lists.json": [[*row.values()] for row in ROWS],
        "bars.json": {
            "bars": {"QQQ": [dict(zip("tohlcv", r.values(), strict=True)) for r in ROWS]}
        },
        "short.json": {"s": "ok", **short},
        "chart.json": {
            "chart": {
                "result": [
                    {
                        "meta": {"symbol": "QQQ", "dataGranularity": "30m"},
                        "timestamp": STAMPS,
                        "indicators": {"quote": [quote], "adjclose": [{"adjclose": CLOSES}]},
                    }
                ],
                "error": None,
            }
        },
        "alpha.json": {
            "Meta Data": {"2. Symbol": "IBM", "6. Time Zone": "US/Eastern"},
            "Time Series (Daily)": series,
        },
        "split.json": {
            "columns": ["open", "high", "low", "close"],
            "index": STAMPS,
            "data": [[*row.values()][1:5] for row in ROWS],
        },
        "result.json": {
            "error": [],
            "result": {"XBTUSD": [[*r.values()] for r in ROWS], "last": 1},
        },
    }


def _binaries() -> dict[str, bytes]:
    """Parquet, Feather, workbooks and packed files."""
    from openpyxl import Workbook
    from pyarrow import feather, parquet

    table = pa.table(
        {**COLUMNS, "time": np.array(STAMPS, "datetime64[s]").astype("datetime64[ns]")}
    )
    found = {}
    for name, write in (
        ("bars.parquet", parquet.write_table),
        ("bars.feather", feather.write_feather),
    ):
        buffer = io.BytesIO()
        write(table, buffer)
        found[name] = buffer.getvalue()
    book = Workbook()
    sheet = book.worksheets[0]
    for row in ([*ROWS[0]], *([*row.values()] for row in ROWS)):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    found["bars.xlsx"] = buffer.getvalue()
    plain = _texts()["plain.csv"]
    found["bars.csv.gz"] = gzip.compress(plain, mtime=0)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("bars.csv"), plain)
    found["bars.zip"] = buffer.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        lean = "\n".join(
            f"{n * 1_800_000},4000000,4010000,3990000,4000000,9" for n in range(20, 28)
        )
        archive.writestr(zipfile.ZipInfo("20240102_qqq_minute_trade.csv"), lean)
    found["20240102_trade.zip"] = buffer.getvalue()
    return found


TEXTS, ANSWERS, BINARIES = _texts(), _answers(), _binaries()
GOOD: dict[str, bytes] = {
    **TEXTS,
    **{name: json.dumps(answer).encode() for name, answer in ANSWERS.items()},
    **BINARIES,
}
