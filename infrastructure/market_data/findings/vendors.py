"""Two vendors' bars of the same moments."""

import numpy as np

from infrastructure.market_data.columns import BarColumns, utc_text
from infrastructure.market_data.findings.finding import Finding

_ROUNDING = 1e-9
_PRICES = ("open", "high", "low", "close")


def compare_vendors(
    ours: BarColumns, theirs: BarColumns, our_name: str, their_name: str
) -> Finding | None:
    """Where two series differ on common stamps; None where they have none, or none differs.

    ours, theirs: ascending. Differences below a billionth of the price are float noise.
    """
    common, mine, other = np.intersect1d(
        ours.timestamp, theirs.timestamp, assume_unique=True, return_indices=True
    )
    if not len(common):
        return None
    one, two = ours.take(mine), theirs.take(other)
    gaps = np.max([np.abs(getattr(one, n) - getattr(two, n)) for n in _PRICES], axis=0)
    differ = gaps > _ROUNDING * one.close
    if not differ.any():
        return None
    share = gaps / one.close
    worst = int(np.argmax(share))
    volumes = (one.volume > 0) & (two.volume > 0)
    scale = float(np.median(two.volume[volumes] / one.volume[volumes])) if volumes.any() else 1.0
    name = max(_PRICES, key=lambda n: abs(getattr(one, n)[worst] - getattr(two, n)[worst]))
    return Finding(
        "vendors_differ",
        "warning" if share[worst] > 0.005 else "note",
        int(differ.sum()),
        f"of {len(common):,} common bars differ between {our_name} and {their_name} "
        f"(median difference {float(np.median(gaps)):.4g}, volumes {scale:.3g} times)",
        f"{utc_text(int(common[worst]))}: {name} {float(getattr(one, name)[worst]):.10g} and "
        f"{float(getattr(two, name)[worst]):.10g}",
        "",
        common[differ],
        float(share[worst]),
    )
