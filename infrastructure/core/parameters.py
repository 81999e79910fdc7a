"""A strategy's typed fields: what JSON, code and repr all agree on."""

import inspect
from typing import TYPE_CHECKING, Any, ClassVar, get_origin, get_type_hints

from infrastructure.core.config import StrategyConfig, parse
from infrastructure.errors import ConfigError
from infrastructure.wording import hint_of

if TYPE_CHECKING:
    from pydantic import BaseModel


def parameter_fields(strategy: type, base: type) -> dict[str, tuple[Any, Any]]:
    """(type, default) of every public annotated class attribute below `base`; `...`: no default.

    Raises TypeError for a parameter that has the name of a config key.
    """
    fields: dict[str, tuple[Any, Any]] = {}
    for each in reversed(strategy.__mro__):
        if not issubclass(each, base) or each is base:
            continue
        hints = get_type_hints(each)
        for name in inspect.get_annotations(each):
            hint = hints[name]
            if name.startswith("_") or get_origin(hint) is ClassVar or hint is ClassVar:
                continue
            if name in StrategyConfig.model_fields:
                raise TypeError(
                    f"{each.__name__}.{name}: the config has a key of that name already"
                )
            fields[name] = (hint, getattr(each, name, ...))
    return fields


def configured(
    class_name: str,
    fields: dict[str, tuple[Any, Any]],
    config: StrategyConfig | None,
    overrides: dict[str, Any],
    where: str,
) -> StrategyConfig:
    """A strategy's whole config: `overrides` over `config`, and every parameter spelt out.

    overrides: parameters and config keys by name. Raises ConfigError, which begins with `where`.
    """
    known = (*fields, *StrategyConfig.model_fields)
    for name in overrides:
        if name not in known:
            hint = hint_of(name, known)
            raise ConfigError(f"{where}: {name} is neither a parameter nor a config key{hint}")
    data: dict[str, Any] = {"strategy_name": class_name, "class_name": class_name}
    if config is not None:
        data = config.model_dump(mode="json")
    data.update({name: value for name, value in overrides.items() if name not in fields})
    if isinstance(data.get("symbols"), tuple):
        data["symbols"] = list(data["symbols"])
    indicator = dict(data.get("indicator") or {"name": class_name})
    given = dict(indicator.get("parameters") or {})
    given.update({name: value for name, value in overrides.items() if name in fields})
    indicator["parameters"] = parse_parameters(class_name, fields, given, where)
    return parse(StrategyConfig, {**data, "indicator": indicator}, where)


def parse_parameters(
    strategy_name: str, fields: dict[str, tuple[Any, Any]], given: dict[str, Any], where: str
) -> dict[str, Any]:
    """Every parameter's value: what was given, checked strictly, else its default.

    Raises ConfigError naming the key, the expected type and the nearest right name.
    """
    known = _model(strategy_name, fields)
    unknown = [name for name in given if name not in fields]
    if unknown:
        hint = hint_of(unknown[0], fields, otherwise=f"; known: {', '.join(fields) or 'none'}")
        raise ConfigError(
            f"{where}: indicator.parameters.{unknown[0]} is no parameter of {strategy_name}{hint}"
        )
    values = parse(known, given, f"{where}: indicator.parameters")
    return {name: getattr(values, name) for name in fields}


def _model(name: str, fields: dict[str, tuple[Any, Any]]) -> "type[BaseModel]":
    from pydantic import ConfigDict, create_model

    settings = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
    model: type[BaseModel] = create_model(name, __config__=settings, **fields)  # type: ignore[call-overload]  # fields come at run time
    return model
