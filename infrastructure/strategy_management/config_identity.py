"""The identity of a whole configuration: one number, the same in whatever sweep or run it is tried.

A configuration is a set of leaves (path, value), such as ("strategies[0].stop_loss.value", 0.1);
its identity is the sum of their hashes modulo 2^64. So the identities of a million configurations
that differ in a few keys are a few columns of hashes, added.

Names, versions, variants and the dates of a run are no part of it: they change no trade on the same
bars. 2 is 2.0, and true is not 1. Strategies must be as `VectorBTStrategy.config` gives them, with
every parameter spelt out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from infrastructure.core.config import PortfolioConfig, StrategyConfig

_NO_PART_OF_PORTFOLIO = ("portfolio_name", "account_id", "start", "end")
_NO_PART_OF_STRATEGY = ("strategy_name", "version", "variant")


def config_identity(portfolio: PortfolioConfig, strategies: Iterable[StrategyConfig]) -> int:
    """The identity, a signed 64-bit number; strategies in the portfolio's order."""
    return base_identity(portfolio, strategies, without=())


def base_identity(
    portfolio: PortfolioConfig, strategies: Iterable[StrategyConfig], without: Iterable[str]
) -> int:
    """The identity less the leaves at these paths and below them.

    A path is "portfolio.risk.max_daily_risk" or "strategies[0].stop_loss.value". With the
    `leaf_identities` of each of them added it is the identity of the configuration that has those
    values.
    """
    left_out = tuple(without)
    content = (
        portfolio.model_dump(mode="json"),
        [each.model_dump(mode="json") for each in strategies],
    )
    return _sum(leaf for leaf in _leaves(*content) if not _is_below(leaf[0], left_out))


def leaf_identities(path: str, values: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
    """What each value adds to an identity at this path, shape (n_values,).

    Values are as the built configuration has them: numbers, text, true, false, None, or lists and
    objects of these. Add columns of them with NumPy: int64 wraps around as it must.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return _of_numbers(path, values)
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    if all(map(_is_number, set(map(type, plain)))):
        return _of_numbers(path, np.array(plain, np.float64))
    each = (0 if _is_default(path, value) else _sum(_flat(path, value)) for value in plain)
    return np.fromiter(each, np.int64, len(plain))


def stored_identity(portfolio: Mapping[str, Any], strategies: Iterable[Mapping[str, Any]]) -> int:
    """`config_identity` of configs as the ledger keeps them, in JSON."""
    return _sum(_leaves(portfolio, strategies))


_Leaf = tuple[str, Any]


def _leaves(
    portfolio: Mapping[str, Any], strategies: Iterable[Mapping[str, Any]]
) -> Iterator[_Leaf]:
    shares = [_without(each, ("strategy",)) for each in portfolio.get("strategies", ())]
    rest = _without(portfolio, (*_NO_PART_OF_PORTFOLIO, "strategies"))
    yield from _flat("portfolio", {**rest, "strategies": shares})
    for place, strategy in enumerate(strategies):
        content = _without(strategy, _NO_PART_OF_STRATEGY)
        content["indicator"] = _without(content.get("indicator", {}), ("name",))
        yield from _flat(f"strategies[{place}]", content)


def _without(content: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in keys}


def _flat(path: str, value: Any) -> Iterator[_Leaf]:
    """The leaves of a JSON value; an empty list or object is one itself."""
    if isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _flat(f"{path}.{key}", each)
    elif isinstance(value, list | tuple) and value:
        for place, each in enumerate(value):
            yield from _flat(f"{path}[{place}]", each)
    else:
        yield path, value


def _is_below(path: str, parents: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in parents)


def _is_default(path: str, value: Any) -> bool:
    """Whether a config leaves this value of a key out, as if the key had never come."""
    root, _, key = path.partition(".")
    model = PortfolioConfig if root == "portfolio" else StrategyConfig
    field = model.model_fields.get(key)
    return field is not None and field.exclude_if is not None and field.exclude_if(value)


def _sum(leaves: Iterable[_Leaf]) -> int:
    total = sum(_of_leaf(path, value) for path, value in leaves) % 2**64
    return total - 2**64 if total >= 2**63 else total


def _of_leaf(path: str, value: Any) -> int:
    if _is_number(type(value)):
        return int(_of_numbers(path, np.array([value], np.float64))[0])
    return _digest(f"{path}\0{json.dumps(value)}")


def _is_number(kind: type) -> bool:
    return issubclass(kind, Real) and not issubclass(kind, bool)


def _of_numbers(path: str, values: NDArray[Any]) -> NDArray[np.int64]:
    """splitmix64's finaliser (Steele, Lea and Flood 2014) of float64 bits, keyed by the path."""
    exact = values.astype(np.float64) + 0.0  # -0.0 is 0.0
    mixed = exact.view(np.uint64) ^ np.uint64(_digest(path))
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed.view(np.int64)


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
