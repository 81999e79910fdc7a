"""`python -m infrastructure.cli`: the same as `kairos`, where no script is installed."""

import sys

from infrastructure.cli.start import main

if __name__ == "__main__":
    sys.exit(main())
