"""pydantic's errors as one line: where, what was expected, what was found, what to do."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from infrastructure.errors import ConfigError
from infrastructure.wording import LONGEST_FOUND, counted, nearest, printable, show

_Model = TypeVar("_Model", bound=BaseModel)
_Problem = Mapping[str, Any]


def parse(model: type[_Model], data: object, where: str) -> _Model:
    """`data` as `model`; `where` is what the error line starts with, such as the file's name.

    Raises ConfigError of one line.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError(explain(error, model, where)) from None


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """The first problem in full, and how many more there are; unknown keys come first.

    A misspelt required key is one problem, not an unknown key and a missing one.
    """
    problems: list[_Problem] = list(error.errors(include_url=False))
    unknown = [each for each in problems if each["type"] == "extra_forbidden"]
    meant = {(*each["loc"][:-1], _nearest_key(each, model)) for each in unknown}
    others = [
        each
        for each in problems
        if each["type"] != "extra_forbidden"
        and not (each["type"] == "missing" and tuple(each["loc"]) in meant)
    ]
    more = len(unknown) + len(others) - 1
    line = f"{printable(where)}: {_line((unknown + others)[0], model)}"
    return line + (f" (and {counted(more, 'more problem')})" if more else "")


def _line(problem: _Problem, model: type[BaseModel]) -> str:
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(problem, model)
    if kind == "missing":
        return f"{_path(problem['loc'])} is required{_purpose(problem['loc'], model)}"
    if kind == "rule":
        path = ".".join(filter(None, (_path(problem["loc"]), context.get("key", ""))))
        (found,) = context.get("found", (_NOTHING,)) if "key" in context else (problem["input"],)
        return f"{path} {context['text']}".strip() + _found(found) + context["hint"]
    expected = _EXPECTED.get(kind)
    text = expected(context) if expected else problem["msg"].replace("Input should", "must")
    found = problem["input"]
    hint = _hint(kind, found, context) or _as_object(problem, model)
    return f"{_path(problem['loc'])} {text}".strip() + _found(found) + hint


_NOTHING = object()


def _found(value: object) -> str:
    return "" if value is _NOTHING else f"; found {show(value)}"


_EXPECTED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "string_type": lambda context: "must be text",
    "string_unicode": lambda context: "must be written in whole characters",
    "float_type": lambda context: "must be a number",
    "int_type": lambda context: "must be a whole number",
    "bool_type": lambda context: "must be true or false",
    "date_type": lambda context: 'must be a date such as "2024-01-31"',
    "tuple_type": lambda context: "must be a list, [...]",
    "dict_type": lambda context: "must be an object, {...}",
    "model_type": lambda context: "must be an object, {...}",
    "too_short": lambda context: "must hold at least one entry",
    "finite_number": lambda context: "must be a finite number",
    "greater_than": lambda context: f"must be above {_number(context['gt'])}",
    "greater_than_equal": lambda context: f"must be at least {_number(context['ge'])}",
    "less_than": lambda context: f"must be below {_number(context['lt'])}",
    "less_than_equal": lambda context: f"must be at most {_number(context['le'])}",
    "literal_error": lambda context: f"must be one of {', '.join(_choices(context))}",
}


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _choices(context: Mapping[str, Any]) -> list[str]:
    """pydantic words them "'a', 'b' or 'c'"; no choice of ours holds a quote."""
    return str(context["expected"]).split("'")[1::2]


def _hint(kind: str, found: object, context: Mapping[str, Any]) -> str:
    """What to write instead, where the intention is plain."""
    if kind == "literal_error" and isinstance(found, str):
        choice = nearest(found, _choices(context))
        return f' (did you mean "{choice}"?)' if choice else ""
    if kind == "string_type" and isinstance(found, int | float) and not isinstance(found, bool):
        return f' (write "{found}")'
    if kind == "tuple_type" and isinstance(found, str) and len(found) < LONGEST_FOUND:
        return f" (write [{show(found)}])"
    if kind in ("float_type", "int_type", "bool_type") and isinstance(found, str):
        return " (write it without quotes)" if _is_json_number_or_bool(found) else ""
    if kind == "int_type" and isinstance(found, float) and found.is_integer():
        return f" (write {int(found)})" if abs(found) < 1e15 else ""  # 1e308 has 309 digits
    return ""


def _as_object(problem: _Problem, model: type[BaseModel]) -> str:
    """What to write for "candle" where {"type": "candle"} is meant."""
    found, owner = problem["input"], _model_at(model, problem["loc"])
    if problem["type"] != "model_type" or not isinstance(found, str) or owner is None:
        return ""
    key, field = next(iter(owner.model_fields.items()))
    fits = bool(problem["loc"]) and field.annotation is not float and len(found) < LONGEST_FOUND
    return f' (write {{"{key}": {show(found)}}})' if fits else ""


def _is_json_number_or_bool(text: str) -> bool:
    try:
        return isinstance(json.loads(text), bool | int | float)
    except (ValueError, RecursionError):
        return False


def _unknown_key(problem: _Problem, model: type[BaseModel]) -> str:
    path = _path(problem["loc"])
    meant = _nearest_key(problem, model)
    if meant:
        return f'{path} is not a known key (did you mean "{meant}"?)'
    return f"{path} is not a known key; known are {', '.join(_keys(problem, model))}"


def _nearest_key(problem: _Problem, model: type[BaseModel]) -> str | None:
    """A right key near the wrong one: the same key one level deeper, or one that looks like it."""
    wrong = str(problem["loc"][-1])
    keys = _keys(problem, model)
    owner = _model_at(model, problem["loc"][:-1])
    for key in keys:
        inner = _model_at(owner, (key,)) if owner else None
        if inner and wrong in inner.model_fields:
            return f"{key}.{wrong}"
    return nearest(wrong, keys)


def _keys(problem: _Problem, model: type[BaseModel]) -> list[str]:
    owner = _model_at(model, problem["loc"][:-1])
    return list(owner.model_fields) if owner else []


def _purpose(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """What a required key is for: the first sentence of its description."""
    owner = _model_at(model, location[:-1])
    field = owner.model_fields.get(str(location[-1])) if owner else None
    sentence = (field.description or "").split(". ")[0].rstrip(".") if field else ""
    return f": {sentence[:1].lower()}{sentence[1:]}" if sentence else ""


def _model_at(model: type[BaseModel] | None, location: tuple[int | str, ...]) -> Any:
    """The model whose keys stand at `location`, or None."""
    for step in location:
        if model is None or isinstance(step, int):
            continue
        field = model.model_fields.get(step)
        model = _model_in(field.annotation) if field else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside `Model | None` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in get_args(annotation))
    return next(filter(None, inner), None)


def _path(location: tuple[int | str, ...]) -> str:
    """A key's place, as strategies[0].allocation_percentage."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            key = step if step.isidentifier() and len(step) < LONGEST_FOUND else show(step)
            path += f".{key}" if path else key
    return path
