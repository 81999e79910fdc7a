"""VectorBTStrategy: the base of every strategy."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Self

from infrastructure import log
from infrastructure.core.alone import run_alone
from infrastructure.core.backtest import Backtest, run_backtest
from infrastructure.core.bars_reader import BarsReader
from infrastructure.core.config import StrategyConfig, parse
from infrastructure.core.config.json_reader import read_json_object
from infrastructure.core.execution.plan import AccountTerms, Book, Lane
from infrastructure.core.foreign_code import strategy_code, written_at
from infrastructure.core.given_bars import as_date, given_bars, with_context
from infrastructure.core.parameters import configured, parameter_fields
from infrastructure.core.signals import Signals
from infrastructure.core.signals_of_many import Columns, ManySignals
from infrastructure.core.summary import summary
from infrastructure.core.trade_table import as_frame
from infrastructure.database.engine import open_database
from infrastructure.errors import ConfigError, StrategyError
from infrastructure.market_data.bars import Bars
from infrastructure.market_data.sessions.session_calendar import sessions_per_year
from infrastructure.risk_management.risk_manager import RiskManager
from infrastructure.trade_metrics.trade_metrics import TradeMetrics

if TYPE_CHECKING:
    import pandas as pd
    import vectorbt as vbt


class VectorBTStrategy(ABC):
    """A trading idea. A child implements `generate_signals` and nothing else.

    Its parameters are annotated class attributes with defaults; JSON gives them under
    `indicator.parameters`, code as keywords. Any key of the strategy config may be a keyword too:

        MyStrategy(symbols=["QQQ"], interval="30m", fast=10, risk_reward=2.0).run()

    risk_manager: the account's policy when it runs alone (default: 0.5 % a trade, -2 % a day).
    db_path: path or URL of the database with its bars (default: KAIROS_DB, else kairos.db).
    total_capital: money, when it runs alone. fill_policy: `stop_first`, `target_first` or `detail`.
    start, end: exchange dates, the last day included.
    where: what error lines start with, such as the config's file; by default the class's name.
    """

    _fields: ClassVar[dict[str, tuple[Any, Any]]] = {}

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        cls._fields = parameter_fields(cls, VectorBTStrategy)

    def __init__(
        self,
        config: StrategyConfig | None = None,
        *,
        risk_manager: RiskManager | None = None,
        db_path: str | Path | None = None,
        total_capital: float = 100_000.0,
        fill_policy: str = "stop_first",
        start: date | str | None = None,
        end: date | str | None = None,
        where: str = "",
        **overrides: Any,
    ) -> None:
        name = type(self).__name__
        self.config = configured(name, self._fields, config, overrides, where or name)
        for parameter, value in self.config.indicator.parameters.items():
            setattr(self, parameter, value)
        policy: object = risk_manager or RiskManager(risk_per_trade=0.5, max_daily_risk=-2.0)
        if not isinstance(policy, RiskManager):
            found = type(policy).__name__
            raise ConfigError(f"{name}: risk_manager must be a RiskManager; found {found}")
        self.risk_manager = policy
        self.db_path = db_path or self.risk_manager.db_path
        self.total_capital = total_capital
        self.fill_policy = fill_policy
        self.start, self.end = as_date("start", start), as_date("end", end)
        self._backtest: Backtest | None = None

    @classmethod
    def from_json(cls, path: str | Path, **options: Any) -> Self:
        """The strategy that a config file describes. Raises ConfigError."""
        path = Path(path)
        config = parse(StrategyConfig, read_json_object(path), path.name)
        return cls(config, where=path.name, **options)

    @classmethod
    def of_config(cls, config: StrategyConfig, where: str) -> Self:
        """The strategy that a config describes; `where` begins the line of a ConfigError.

        Raises StrategyError for what an `__init__` of the strategy's own raises.
        """
        if cls.__init__ is VectorBTStrategy.__init__:
            return cls(config, where=where)
        with strategy_code(config.strategy_name, cls, VectorBTStrategy, "__init__"):
            return cls(config, where=where)

    @abstractmethod
    def generate_signals(self, bars: Bars) -> Signals:
        """What to do at the close of each bar, decided from bars up to and including it.

        bars: one symbol's, read-only. Returns one row per bar.
        """

    def generate_many(self, bars: Bars, parameters: Columns) -> ManySignals | None:
        """Signals of many choices of the parameters at once, for sweeps; None: one by one.

        What it returns must be what `generate_signals` decides for each choice: a sweep runs its
        best configuration again by that, and stops where they differ.
        """
        return None

    def signals(self, bars: Bars) -> Signals:
        """`generate_signals`, checked. Raises StrategyError naming the strategy and the fault.

        What the bars lack of the config's `context_intervals` is made of them.
        """
        name = self.config.strategy_name
        with strategy_code(name, type(self), VectorBTStrategy, "generate_signals"):
            signals: object = self.generate_signals(with_context(self.config, bars).apart())
        if not isinstance(signals, Signals):
            fault = f"generate_signals must return Signals; found {type(signals).__name__}"
        else:
            fault = Signals.fault(signals, len(bars))
            if not fault:
                return signals
        raise StrategyError(f"{name}: {fault}{written_at(type(self), 'generate_signals')}")

    def many_signals(self, bars: Bars, parameters: Columns) -> ManySignals | None:
        """`generate_many`, under the same care. Raises ConfigError, StrategyError."""
        name = self.config.strategy_name
        with strategy_code(name, type(self), VectorBTStrategy, "generate_many"):
            many: object = self.generate_many(bars.apart(), parameters)
        if many is None:
            return None
        if not isinstance(many, ManySignals):
            fault = f"must return ManySignals or None; found {type(many).__name__}"
        else:
            n_choices = len(next(iter(parameters.values()), ()))
            fault = ManySignals.fault(many, n_choices, len(bars))
            if not fault:
                return many
        place = written_at(type(self), "generate_many")
        raise StrategyError(f"{name}: generate_many {fault}{place}")

    def book(self, allocation_percentage: float, reader: BarsReader, detail: bool = False) -> Book:
        """The strategy's book: bars and signals of every symbol. detail: with finer bars."""
        lanes = []
        for symbol in self.config.symbols:
            bars = reader.bars(self.config, symbol)
            finer = reader.detail(self.config, symbol) if detail else None
            lanes.append(Lane(bars, self._logged_signals(bars), finer))
        return Book(self.config, allocation_percentage, tuple(lanes))

    def run(self, bars: Bars | Mapping[str, Bars] | None = None) -> Backtest:
        """Backtest this strategy alone, with the whole capital; nothing is written to the ledger.

        bars: of its symbol, or by symbol; None reads them from the database.
        """
        terms = AccountTerms(
            self.total_capital,
            self.risk_manager,
            self.risk_manager.costs,
            self.risk_manager.lot_size,
            self.fill_policy,
        )
        book = self._read_book() if bars is None else self._given_book(bars)
        years = sessions_per_year(self.config.calendar)
        self._backtest = run_backtest([book], terms, years)
        return self._backtest

    @property
    def backtest(self) -> Backtest:
        """The last run; the first time, it is run."""
        return self._backtest or self.run()

    @property
    def metrics(self) -> TradeMetrics:
        """The figures of the last run."""
        return self.backtest.metrics

    @property
    def trades(self) -> "pd.DataFrame":
        """The trades of the last run, one row each."""
        return as_frame(self.backtest.trades)

    @property
    def portfolio(self) -> "vbt.Portfolio":
        """VectorBT's Portfolio of the last run."""
        return self.backtest.portfolio

    def show(self) -> None:
        """Print what the last run found out."""
        print(summary(self.backtest, self.config.strategy_name))

    @classmethod
    def main(cls) -> None:
        """Run the first config of this class in backtest_config/strategies alone; for scripts."""
        run_alone(cls.__name__, cls.from_json)

    def _logged_signals(self, bars: Bars) -> Signals:
        began = perf_counter()
        signals = self.signals(bars)
        entries = [each for each in (signals.long, signals.short) if each is not None]
        log.event(
            "signals",
            strategy=self.config.strategy_name,
            symbol=bars.symbol,
            number=sum(int(each.sum()) for each in entries),
            seconds=round(perf_counter() - began, 3),
        )
        return signals

    def _read_book(self) -> Book:
        database = open_database(self.db_path)
        try:
            reader = BarsReader(database, self.start, self.end)
            return self.book(100.0, reader, detail=self.fill_policy == "detail")
        finally:
            database.close()

    def _given_book(self, bars: Bars | Mapping[str, Bars]) -> Book:
        series = given_bars(self.config, bars, self.start, self.end)
        return Book(self.config, 100.0, tuple(Lane(each, self.signals(each)) for each in series))

    def __repr__(self) -> str:
        parameters = self.config.indicator.parameters.items()
        shown = ", ".join(f"{name}={value!r}" for name, value in parameters)
        return f"{type(self).__name__}({shown})"
