"""How a figure of TradeMetrics is called in a picture, its unit, and which way is better."""

from dataclasses import dataclass, fields
from math import isfinite

from infrastructure.reporting.figures import number
from infrastructure.reporting.research_pictures.look import plain
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

FIGURES = frozenset(field.name for field in fields(TradeMetrics))
"""The names that a column of figures may have; the other columns of a sweep are its keys."""

_MONEY = "money"


@dataclass(frozen=True)
class Measure:
    """name: as it is written in a sentence. neutral: where gain and loss part, None if nowhere.

    grows: its size grows with the number of trades or sessions, so that two periods of different
    length cannot be compared by it.
    """

    name: str
    unit: str = ""
    decimals: int = 2
    neutral: float | None = None
    lower_is_better: bool = False
    grows: bool = False

    @property
    def label(self) -> str:
        """The name, safe in a picture."""
        return plain(self.name)

    @property
    def axis(self) -> str:
        """The title of an axis: `Max drawdown, %`."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    @property
    def hover(self) -> str:
        """d3's format of a value in a hover label."""
        return f",.{self.decimals}f"

    def say_range(self, low: float, high: float) -> str:
        """`0.01 to 0.21`, without the unit."""
        ends = [number(end, decimals=self.decimals).number for end in (low, high)]
        return " to ".join(ends if isfinite(low + high) else ["undefined"])

    def say(self, value: float) -> str:
        """`6.20 %`, `1,204.50`, or `undefined`."""
        if not isfinite(value):
            return "undefined"
        spoken = self.unit.removeprefix(_MONEY).strip()
        return f"{number(value, decimals=self.decimals).number} {spoken}".rstrip()


_KNOWN = {
    "final_equity": Measure("Final equity", _MONEY),
    "net_profit": Measure("Net profit", _MONEY, neutral=0.0, grows=True),
    "net_profit_pct": Measure("Net profit", "% of capital", neutral=0.0, grows=True),
    "cagr_pct": Measure("CAGR", "%", neutral=0.0),
    "sharpe": Measure("Sharpe", neutral=0.0),
    "sortino": Measure("Sortino", neutral=0.0),
    "volatility_pct": Measure("Volatility", "%", lower_is_better=True),
    "max_drawdown_pct": Measure("Max drawdown", "%", lower_is_better=True),
    "max_drawdown_duration_days": Measure(
        "Max drawdown lasted", "days", decimals=1, lower_is_better=True
    ),
    "max_drawdown_duration_sessions": Measure(
        "Max drawdown lasted", "sessions", decimals=0, lower_is_better=True
    ),
    "longest_drawdown_days": Measure("Longest drawdown", "days", decimals=1, lower_is_better=True),
    "calmar": Measure("Calmar", neutral=0.0),
    "ulcer_index": Measure("Ulcer index", "%", lower_is_better=True),
    "worst_day_pct": Measure("Worst day", "%", neutral=0.0),
    "exposure_pct": Measure("Exposure", "% of bars"),
    "trades": Measure("Trades", decimals=0, grows=True),
    "win_rate_pct": Measure("Win rate", "%"),
    "profit_factor": Measure("Profit factor", neutral=1.0),
    "expectancy": Measure("Expectancy", "money a trade", neutral=0.0),
    "expectancy_r": Measure("Mean R", "R a trade", decimals=3, neutral=0.0),
    "mean_r": Measure("Mean R", "R a trade", decimals=3, neutral=0.0),
    "expectancy_ratio": Measure("Expectancy ratio", neutral=0.0),
    "sqn": Measure("SQN", neutral=0.0, grows=True),
    "kelly_pct": Measure("Kelly", "%", neutral=0.0),
    "best_trade": Measure("Best trade", _MONEY, neutral=0.0),
    "worst_trade": Measure("Worst trade", _MONEY, neutral=0.0),
    "avg_win": Measure("Average win", _MONEY),
    "avg_loss": Measure("Average loss", _MONEY, neutral=0.0),
    "payoff_ratio": Measure("Payoff ratio"),
    "total_commission": Measure("Commission", _MONEY, lower_is_better=True, grows=True),
    "total_slippage": Measure("Slippage", _MONEY, lower_is_better=True, grows=True),
    "avg_trade_minutes": Measure("Average trade", "minutes", decimals=0),
    "longest_losing_streak": Measure(
        "Longest losing streak", "trades", decimals=0, lower_is_better=True
    ),
    "ambiguous_trades": Measure("Ambiguous trades", decimals=0, lower_is_better=True),
    "refused": Measure("Refused signals", decimals=0, lower_is_better=True),
}


def measure_of(name: str) -> Measure:
    """What is known of a figure; of another one its own name, with a unit where it ends in _pct."""
    if name in _KNOWN:
        return _KNOWN[name]
    words = name.removesuffix("_pct").replace("_", " ").strip() or name
    return Measure(words[:1].upper() + words[1:], "%" if name.endswith("_pct") else "")
