"""`make golden`: write the golden files anew; read what changed in the diff."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden_runs import HERE, NAMES, golden_run  # the repository comes first

if __name__ == "__main__":
    for name in NAMES:
        path = HERE / f"{name}.json"
        path.write_text(json.dumps(golden_run(name), indent=1, sort_keys=True) + "\n")
        print(f"wrote {path.name}")
