"""Pages of pictures: where one may be written, and where it was."""

import os
import sys
from pathlib import Path

from infrastructure.errors import StorageError


def check_page(path: Path | None) -> None:
    """Raise StorageError where a page could not be written: before the work, not after it.

    Folders that are not there are made once there is a page.
    """
    if path is None:
        return
    if path.is_dir():
        raise StorageError(f"{path}: is a folder; give the path of a file, such as {path}/a.html")
    there = next(each for each in (path, *path.absolute().parents) if each.exists())
    if there != path and not there.is_dir():
        raise StorageError(f"{path}: the page cannot be written there: {there} is no folder")
    if not os.access(there, os.W_OK):
        raise StorageError(f"{path}: the page cannot be written there: {there} may not be written")


def write_page(page: str, path: Path, json: bool) -> None:
    """Write a page and tell where, on standard error beside JSON. Raises StorageError."""
    from infrastructure.reporting.research_pictures import save_page

    print(save_page(page, path), file=sys.stderr if json else sys.stdout)
