"""Where a swept key lands: in a strategy's config or the portfolio's, and how it is applied."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from infrastructure.core.config import PortfolioConfig, StrategyConfig
from infrastructure.core.parameters import parameter_fields
from infrastructure.core.sweeping.figures import FIGURES
from infrastructure.core.vectorbt_strategy import VectorBTStrategy
from infrastructure.errors import ConfigError
from infrastructure.strategy_management.strategy_loader import LoadedPortfolio
from infrastructure.strategy_management.strategy_registry import strategy_class
from infrastructure.wording import hint_of, nearest, printable

PARAMETER, NUMBER, TERM, STRUCTURE = "parameter", "number", "term", "structure"
"""How a key is applied: to the strategy's signals, to a number of its rules, to the account's
terms, or by building the books anew."""

RULE_NUMBERS = {
    ("stop_loss", "value"): "stop_value",
    ("risk_reward",): "risk_reward",
    ("sizing", "value"): "sizing_value",
    ("entry", "expiry_bars"): "expiry_bars",
}
"""Keys of a strategy's config that are one number of its rules, and that number's name there."""

_COLUMNS = (*FIGURES, "trial")
"""What a frame of trials calls its own columns: a parameter of such a name is told in full."""

_NAMES = ("strategy_name", "class_name", "version", "variant", "instrument_type", "indicator.name")
_TERMS = ("risk", "costs", "lot_size")


@dataclass(frozen=True)
class Key:
    """name: as it was given. book: number of the strategy; None: the portfolio's own key."""

    name: str
    book: int | None
    path: tuple[str, ...]
    kind: str

    @property
    def identity_path(self) -> str:
        """The leaf of a configuration's identity that it decides."""
        root = "portfolio" if self.book is None else f"strategies[{self.book}]"
        return ".".join((root, *self.path))


def find_key(name: str, portfolio: LoadedPortfolio, where: str) -> Key:
    """The key that a text means.

    `stop_loss.value` of the portfolio's only strategy, `NAME:stop_loss.value` of the one that the
    portfolio calls NAME, `portfolio:risk.risk_per_trade` of the portfolio. A parameter may go
    without `indicator.parameters.` before it. Raises ConfigError for any other.
    """
    owner, colon, rest = name.rpartition(":")
    if colon and owner == "portfolio":
        return _portfolio_key(name, rest, where)
    references = [share.strategy for share in portfolio.config.strategies]
    if colon:
        if owner not in references:
            hint = hint_of(owner, references, otherwise=f"; there are {', '.join(references)}")
            raise ConfigError(f"{where}: no strategy {printable(owner)} in the portfolio{hint}")
        book = references.index(owner)
        if references.count(owner) > 1:
            raise ConfigError(
                f"{where}: the portfolio holds {printable(owner)} more than once; give each a "
                "config of its own name"
            )
    elif len(references) > 1:
        raise ConfigError(
            f"{where}: the portfolio has {len(references)} strategies; name one, such as "
            f"{references[0]}:{printable(name)}"
        )
    else:
        book = 0
    return _strategy_key(name, rest, book, portfolio.strategies[book], where)


def _strategy_key(name: str, text: str, book: int, config: StrategyConfig, where: str) -> Key:
    path = tuple(text.split("."))
    parameters = config.indicator.parameters
    if len(path) == 1 and path[0] not in StrategyConfig.model_fields and path[0] in parameters:
        path = ("indicator", "parameters", path[0])
    dotted = ".".join(path)
    name = dotted if name in _COLUMNS else name
    if dotted in _NAMES:
        raise ConfigError(f"{where}: {dotted} changes no trade; sweep a key that does")
    known = _known(config)
    if not _is_known(path, config):
        meant = nearest(dotted, known) or nearest(path[-1], [each.split(".")[-1] for each in known])
        full = next((each for each in known if each == meant or each.endswith(f".{meant}")), meant)
        hint = f' (did you mean "{full}"?)' if full else f"; known are {', '.join(known)}"
        raise ConfigError(f"{where}: {printable(dotted)} is no key of the strategy's config{hint}")
    if path[:2] == ("indicator", "parameters"):
        return Key(name, book, path, PARAMETER)
    return Key(name, book, path, NUMBER if path in RULE_NUMBERS else STRUCTURE)


def _portfolio_key(name: str, text: str, where: str) -> Key:
    path = tuple(text.split("."))
    known = _paths(PortfolioConfig, (*_TERMS, "fill_policy"))
    if text not in known:
        hint = hint_of(text, known, otherwise=f"; known are {', '.join(known)}")
        raise ConfigError(f"{where}: {printable(text)} is no key that can be swept{hint}")
    return Key(name, None, path, STRUCTURE if text == "fill_policy" else TERM)


def overlap(one: Key, other: Key) -> bool:
    """Whether both decide the same value, or one is a part of the other."""
    shorter = min(len(one.path), len(other.path))
    return one.book == other.book and one.path[:shorter] == other.path[:shorter]


def takes_whole_numbers(key: Key, portfolio: LoadedPortfolio) -> bool:
    """Whether the key's values are whole numbers, by its type in the strategy or the config."""
    if key.kind == PARAMETER:
        assert key.book is not None
        config = portfolio.strategies[key.book]
        fields = parameter_fields(strategy_class(config.class_name), VectorBTStrategy)
        return _is_whole(fields[key.path[-1]][0])
    model: Any = PortfolioConfig if key.book is None else StrategyConfig
    for step in key.path[:-1]:
        model = _model_of(model.model_fields[step].annotation)
    return _is_whole(model.model_fields[key.path[-1]].annotation)


def _is_whole(annotation: Any) -> bool:
    """int, or that beside None; a float is none."""
    if get_origin(annotation) in (Union, UnionType, Annotated):
        parts = get_args(annotation)
        inner = parts[:1] if get_origin(annotation) is Annotated else parts
        return any(map(_is_whole, inner)) and float not in inner
    return annotation is int


def _known(config: StrategyConfig) -> list[str]:
    """Every key that may be swept, as a text."""
    fields = [each for each in StrategyConfig.model_fields if each not in (*_NAMES, "indicator")]
    parameters = [f"indicator.parameters.{each}" for each in config.indicator.parameters]
    return [*parameters, *_paths(StrategyConfig, fields)]


def _is_known(path: tuple[str, ...], config: StrategyConfig) -> bool:
    text = ".".join(path)
    return text in _known(config) or (
        len(path) == 1 and path[0] in ("stop_loss", "entry", "sizing")
    )


def _paths(model: Any, fields: Sequence[str]) -> list[str]:
    """Dotted keys of a model, one level deep where a field is a model itself."""
    found = []
    for name in fields:
        inner = _model_of(model.model_fields[name].annotation)
        found += [f"{name}.{each}" for each in inner.model_fields] if inner else [name]
    return found


def _model_of(annotation: Any) -> Any:
    from pydantic import BaseModel

    for each in (annotation, *get_args(annotation)):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None
