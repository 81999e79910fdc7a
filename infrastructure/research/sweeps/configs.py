"""A configuration of a sweep as configs: the base with its values put in, checked like any file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.research.sweeps.keys import Key
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.strategy_registry import strategy_class

_CLASSES: dict[str, type[VectorBTStrategy]] = {}

Values = Sequence[tuple[Key, Any]]
"""Keys and what each is to be."""


@dataclass(frozen=True)
class BuiltConfigs:
    """The configs of one configuration, and its strategies."""

    portfolio: PortfolioConfig
    strategies: tuple[VectorBTStrategy, ...]

    @property
    def configs(self) -> tuple[StrategyConfig, ...]:
        """With every parameter spelt out."""
        return tuple(strategy.config for strategy in self.strategies)


def spelt_out(portfolio: LoadedPortfolio) -> LoadedPortfolio:
    """The portfolio with every parameter of its strategies, defaults included.

    Raises ConfigError.
    """
    built = build_configs(portfolio, ())
    return LoadedPortfolio(portfolio.config, built.configs, portfolio.path)


def build_configs(portfolio: LoadedPortfolio, values: Values, where: str = "") -> BuiltConfigs:
    """The base's configs with these values. Raises ConfigError, which begins with `where`."""
    where = where or portfolio.path.name
    own = _with(portfolio.config.model_dump(mode="json"), _of_book(values, None), where)
    config = parse(PortfolioConfig, own, where)
    strategies = []
    for book, base in enumerate(portfolio.strategies):
        data = _with(base.model_dump(mode="json"), _of_book(values, book), where)
        built = parse(StrategyConfig, data, where)
        strategies.append(_class_of(built.class_name, where).of_config(built, where))
    return BuiltConfigs(config, tuple(strategies))


def _class_of(name: str, where: str) -> type[VectorBTStrategy]:
    """Found once: looking reads all of strategies/, and configs are built by the thousand."""
    if name not in _CLASSES:
        _CLASSES[name] = strategy_class(name, where=where)
    return _CLASSES[name]


def _of_book(values: Values, book: int | None) -> Iterable[tuple[Key, Any]]:
    return [(key, value) for key, value in values if key.book == book]


def _with(data: dict[str, Any], values: Iterable[tuple[Key, Any]], where: str) -> dict[str, Any]:
    for key, value in values:
        held: Any = data
        for step in key.path[:-1]:
            if not isinstance(held.get(step), Mapping):
                raise ConfigError(
                    f"{where}: {key.name} cannot be set where {step} is null; sweep {step} itself"
                )
            held = held[step]
        held[key.path[-1]] = value
    return data
