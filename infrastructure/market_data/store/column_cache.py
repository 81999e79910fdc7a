"""Bars of long series as memory-mapped Arrow files, found by what they are made of.

A file's name is the digest of everything that its columns follow from, so it is right for ever:
rows that change give another name. Whoever finds none makes one, under a name of its own first;
two processes that make the same one write the same bytes. Any file may be deleted at any time.
"""

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from infrastructure.market_data.bars import COLUMNS, Bars
from infrastructure.market_data.sessions.session_calendar import SessionCalendar

LAYOUT = "1"
"""Raised whenever what follows from the same rows changes."""

CACHED_FROM = 100_000
"""Shorter series are read from the table: that takes less time than loading Arrow does."""

LARGEST = 8 << 30
"""Bytes that all files may take together; the ones used longest ago go first."""


def cache_folder() -> Path:
    """KAIROS_CACHE, or the place that the system keeps for such files."""
    given = os.environ.get("KAIROS_CACHE")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("kairos", appauthor=False)


def cache_key(content: str, calendar: SessionCalendar, session: str) -> str:
    """The digest of all that assembled bars follow from; content: of the series' rows."""
    digest = sha256(f"{LAYOUT} {content} {session} {calendar.name}".encode())
    for name in ("session", "opens_at", "closes_at", "date_start", "date_end"):
        digest.update(getattr(calendar, name).tobytes())
    return digest.hexdigest()


def cached_columns(key: str) -> dict[str, Any] | None:
    """The columns kept under a key, memory-mapped and read-only; None where there are none."""
    path = _path(key)
    try:
        path.stat()
    except OSError:  # not there, or a folder that cannot be: a name too long, no permission
        return None
    import pyarrow as pa

    with suppress(OSError, pa.ArrowException):
        table = pa.ipc.open_file(pa.memory_map(str(path)))
        if table.num_record_batches == 1 and table.schema.names == [*COLUMNS]:
            batch = table.get_batch(0)
            os.utime(path)
            return {
                name: batch.column(place).to_numpy(zero_copy_only=True)
                for place, name in enumerate(COLUMNS)
            }
    return None  # cut short, or no Arrow file: it is made anew


def keep_columns(key: str, bars: Bars) -> None:
    """Keep a series' columns under a key; a folder that cannot be written keeps nothing."""
    import pyarrow as pa

    batch = pa.record_batch({name: getattr(bars, name) for name in COLUMNS})
    path = _path(key)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as unfinished:
            try:
                with pa.ipc.new_file(unfinished, batch.schema) as writer:
                    writer.write_batch(batch)
                unfinished.flush()
                Path(unfinished.name).replace(path)
            except BaseException:
                Path(unfinished.name).unlink(missing_ok=True)
                raise
        _make_room(path.parent, keep=path)


def _path(key: str) -> Path:
    return cache_folder() / "bars" / f"{key}.arrow"


def _make_room(folder: Path, keep: Path) -> None:
    """Delete the files used longest ago until the rest is small enough."""
    found = [(file.stat().st_mtime, file.stat().st_size, file) for file in folder.iterdir()]
    room = LARGEST
    for _, size, file in sorted(found, reverse=True):
        room -= size
        if room < 0 and file != keep:
            file.unlink(missing_ok=True)
