"""What the referee holds while it plays a run, and what it hands back."""

from dataclasses import dataclass, field
from typing import Any

from infrastructure.market_data.bars import Bars


@dataclass(frozen=True)
class Trade:
    """One closed position; fields as in TRADE_DTYPE, reasons as names, NaN replaced by None."""

    lane: int
    book: int
    direction: int
    signal_bar: int
    entry_bar: int
    exit_bar: int
    entry_row: int
    exit_row: int
    quantity: float
    entry_price: float
    exit_price: float
    stop_price: float | None
    target_price: float | None
    net_pnl: float
    commission: float
    slippage: float
    book_equity: float
    mae: float
    mfe: float
    exit_reason: str
    ambiguous: str
    size_bound: str


@dataclass(frozen=True)
class Refusal:
    """One signal that became no trade."""

    lane: int
    book: int
    signal_bar: int
    direction: int
    reason: str


@dataclass
class Day:
    """One session of the account: equity it began with, ended with, and its lowest mark."""

    session: int
    start_equity: float
    end_equity: float
    lowest_equity: float


@dataclass
class RefereeResult:
    """Everything the referee found. Row i of the three equity lists is the moment timeline[i]."""

    trades: list[Trade] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    timeline: list[int] = field(default_factory=list)
    row_session: list[int] = field(default_factory=list)
    book_equity: list[list[float]] = field(default_factory=list)
    account_equity: list[float] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)


@dataclass
class Position:
    """Shares held by one lane.

    day_basis: the price from which today's gain is measured; mark: where a stopless position
    counts in the day's worst case.
    """

    direction: int
    quantity: float
    entry_price: float
    stop: float | None
    target: float | None
    signal_bar: int
    entry_bar: int
    entry_row: int
    level: float | None
    commission_in: float
    slippage_in: float
    book_equity: float
    size_bound: str
    entered_today: bool = True
    day_basis: float = 0.0
    mark: float = 0.0
    mae: float = 0.0
    mfe: float = 0.0

    def see(self, price: float) -> None:
        """Let a price count towards the excursions."""
        gain = self.direction * (price - self.entry_price)
        self.mfe = max(self.mfe, gain)
        self.mae = max(self.mae, -gain)


@dataclass
class Order:
    """A signal at work: waiting for the next open, or at a level for `expiry` bars."""

    direction: int
    signal_bar: int
    level: float | None = None
    turns: bool = False


@dataclass
class Columns:
    """A `Bars` as plain Python lists."""

    timestamp: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    session: list[int]
    closes_at: list[int]
    phase: list[int]

    @classmethod
    def none(cls) -> "Columns":
        """No bars yet."""
        return cls(*([] for _ in cls.__dataclass_fields__))

    def extend(self, later: "Columns") -> None:
        """These bars after those known so far."""
        for name in self.__dataclass_fields__:
            getattr(self, name).extend(getattr(later, name))

    @classmethod
    def of(cls, bars: Bars) -> "Columns":
        """The columns that trading reads."""
        names = list(cls.__dataclass_fields__)
        return cls(**{name: getattr(bars, name).tolist() for name in names})


@dataclass
class LaneState:
    """One symbol of one book as the run goes on. last_close: None before its first close.

    configs: the book's config by the first bar that it holds for; a run in parts has several.
    """

    number: int
    book: int
    configs: dict[int, Any]
    bars: Columns
    detail: Columns | None
    signals: dict[str, list[Any]]
    atr: list[float | None]
    position: Position | None = None
    order: Order | None = None
    leaves_at_open: bool = False
    last_close: float | None = None

    def config_of(self, bar: int) -> Any:
        """The config of the part that a bar belongs to.

        It decides there, and what it decided stays under it.
        """
        return self.configs[max(first for first in self.configs if first <= bar)]

    @property
    def last_bar(self) -> int:
        """Row number of the symbol's last bar."""
        return len(self.bars.timestamp) - 1
