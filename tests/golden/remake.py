"""`make golden`: write the golden files anew; read what changed in the diff."""

import json
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden_runs import HERE, NAMES, golden_run  # the repository comes first
from query_answers import PAGE, answered, demo_ledger

from infrastructure.database.engine import open_database

if __name__ == "__main__":
    for name in NAMES:
        path = HERE / f"{name}.json"
        path.write_text(json.dumps(golden_run(name), indent=1, sort_keys=True) + "\n")
        print(f"wrote {path.name}")
    with (
        TemporaryDirectory() as folder,
        closing(open_database(Path(folder) / "kairos.db")) as database,
    ):
        demo_ledger(database)
        page = answered(PAGE.read_text(encoding="utf-8"), database)
        PAGE.write_text(page, encoding="utf-8")
        print(f"wrote {PAGE.name}")
