"""`kairos schema` and `kairos strategies`."""

import json
from collections.abc import Iterator
from typing import Any, Literal


def print_schema(kind: Literal["strategy", "portfolio"] | None) -> None:
    """The JSON Schema of one kind of config, or one that fits both."""
    from infrastructure.strategy_management.config_schema import json_schema

    print(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))


def print_strategies() -> None:
    """Every strategy: its class, what it does, its parameters. Raises ConfigError."""
    from infrastructure.strategy_management.strategy_registry import find_strategy_classes

    for name, strategy in find_strategy_classes().items():
        print(f"{name}  {strategy.__module__.replace('.', '/')}.py")
        sentence = next(iter((strategy.__doc__ or "").strip().splitlines()), "")
        if sentence:
            print(f"  {sentence}")
        for line in _parameters(strategy):
            print(f"    {line}")


def _parameters(strategy: type) -> Iterator[str]:
    """`fast: int = 10` for each parameter."""
    from infrastructure.core.parameters import parameter_fields
    from infrastructure.core.vectorbt_strategy import VectorBTStrategy

    for name, (kind, default) in parameter_fields(strategy, VectorBTStrategy).items():
        value = "" if default is ... else f" = {default!r}"
        yield f"{name}: {_type_name(kind)}{value}"


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
