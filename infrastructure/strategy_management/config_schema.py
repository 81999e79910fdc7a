"""The published JSON Schema: editors complete and check configs with it."""

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from infrastructure.core.config import PortfolioConfig, StrategyConfig

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Kind = Literal["strategy", "portfolio"]
_MODELS: dict[Kind, type[BaseModel]] = {"strategy": StrategyConfig, "portfolio": PortfolioConfig}


def json_schema(kind: Kind | None = None) -> dict[str, Any]:
    """The schema of one kind of config, or (None) one schema that fits both.

    The common one takes a file for a portfolio where it has a portfolio_name. Keys, types, ranges,
    choices, defaults and units are all in it; rules between keys are checked on loading only.
    """
    _, schema = models_json_schema([(each, "validation") for each in _MODELS.values()])
    definitions = schema["$defs"]
    for each in _MODELS.values():
        # Lets a config name its schema, as editors expect.
        definitions[each.__name__]["properties"]["$schema"] = {"type": "string"}
    references = {name: {"$ref": f"#/$defs/{each.__name__}"} for name, each in _MODELS.items()}
    rule: dict[str, Any] = references[kind] if kind else _either(references)
    title = f"Kairos {kind} config" if kind else "Kairos config"
    return {"$schema": DIALECT, "title": title, **rule, "$defs": definitions}


def _either(references: dict[Kind, dict[str, str]]) -> dict[str, Any]:
    """if/then/else rather than oneOf, whose messages name neither kind."""
    return {
        "if": {"required": ["portfolio_name"]},
        "then": references["portfolio"],
        "else": references["strategy"],
    }
