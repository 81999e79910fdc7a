"""Good inputs made bad: values of strange kinds at any depth of JSON, and bytes changed."""

import json
from typing import Any

from hypothesis import strategies as st

STRANGE_TEXTS = [
    "",
    " ",
    "\0",
    "a\nb",
    "\u202eabc",
    "a\u200bb",
    "\ud800",
    "x" * 300,
    "../../etc/passwd",
    "/etc/passwd",
    "\\\\host\\share\\x.json",
    "C:\\x.json",
    "NaN",
    "1e999",
    "'; DROP TABLE backtest_runs; --",
    "<script>alert(1)</script>",
    '=cmd|" /C calc"!A0',
    "os.system",
    "__import__",
    "{}",
    "{0.__class__}",
    "%s%n",
    "30m",
    "1d",
    "0m",
    "9" * 40 + "d",
    "2024-02-30",
    "٣",
    "null",
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.sampled_from([0, 1, -1, 2**31, 2**63, -(2**63), 10**400, 10**18, 24, 100]),
    st.floats(),
    st.sampled_from([float("nan"), float("inf"), -0.0, 5e-324, 1.7e308, 1e12, 0.1, 99.9999999]),
    st.text(max_size=20),
    st.sampled_from(STRANGE_TEXTS),
)
strange = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
) | st.integers(1, 2000).map(lambda depth: _nested(depth))


def _nested(depth: int) -> Any:
    """A list in a list, `depth` times, as text: json writes no such thing by itself."""
    return f"\x01nest{depth}\x01"


@st.composite
def mutated(draw: st.DrawFn, good: Any, keys: list[str]) -> Any:
    """`good` with up to four changes. keys: names that are known somewhere."""
    data = json.loads(json.dumps(good))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 4]))):
        path = draw(st.sampled_from(_paths(data)))
        holder = _at(data, path[:-1])
        match draw(st.sampled_from(["replace", "delete", "add", "copy"])):
            case "replace" if path:
                holder[path[-1]] = draw(strange)
            case "delete" if path:
                del holder[path[-1]]
            case "add":
                _add(draw, _at(data, path), keys)
            case "copy" if path:
                holder[path[-1]] = json.loads(json.dumps(_at(data, draw(_place(data)))))
            case _:
                data = draw(strange) if draw(st.integers(0, 20)) == 0 else data
    return data


def _place(data: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.sampled_from(_paths(data))


def _add(draw: st.DrawFn, holder: Any, keys: list[str]) -> None:
    if isinstance(holder, dict):
        key = draw(st.sampled_from(keys) | st.text(max_size=10) | st.sampled_from(STRANGE_TEXTS))
        holder[key] = draw(strange)
    elif isinstance(holder, list):
        holder.insert(draw(st.integers(0, len(holder))), draw(strange))


def _paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value, outermost first."""
    inner = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [path, *(each for key, value in inner for each in _paths(value, (*path, key)))]


def keys_in(data: Any) -> set[str]:
    """Every key, however deep."""
    return {step for path in _paths(data) for step in path if isinstance(step, str)}


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def as_json(data: Any, *, ascii_only: bool = True) -> bytes:
    """Written as JSON, NaN and lone surrogates included."""
    text = json.dumps(data, ensure_ascii=ascii_only)
    for escaped in ("\x01", "\\u0001"):
        pieces = text.split(f'"{escaped}nest')
        for number, piece in enumerate(pieces[1:], 1):
            depth, _, rest = piece.partition(f'{escaped}"')
            pieces[number] = "[" * int(depth) + "]" * int(depth) + rest
        text = "".join(pieces)
    return text.encode("utf-8", "surrogatepass")


_PIECES = [b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"'", b",", b";", b"\t", b"{"]
_PIECES += [b"}", b"[", b"]", b"NaN", b"1e999", b"-", b"9" * 400, b"//", b"\\u0000", b"\\ud800"]
_PIECES += [b"2024-02-30", b"=1+1", b"1,5", b"1.000,5", b"\xe9", b"\xed\xa0\x80", b"PK\x03\x04"]
_PIECES += [b"\x1f\x8b", b"PAR1", b"1e-400", b"00:00", b"24:00", b"-0", b"nan", b"inf", b"None"]

pieces = st.sampled_from(_PIECES) | st.binary(max_size=8)


@st.composite
def changed_bytes(draw: st.DrawFn, good: bytes) -> bytes:
    """`good` with up to four places overwritten, filled in, cut out, doubled or exchanged."""
    content = bytearray(good)
    for _ in range(draw(st.sampled_from([1, 1, 2, 4]))):
        first = draw(st.integers(0, len(content)))
        last = min(first + draw(st.integers(0, 40)), len(content))
        match draw(st.sampled_from(["fill", "write", "cut", "double", "end"])):
            case "fill":
                content[first:first] = draw(pieces)
            case "write":
                piece = draw(pieces)
                content[first : first + len(piece)] = piece
            case "cut":
                del content[first:last]
            case "double":
                content[first:first] = content[first:last] * draw(st.integers(1, 5))
            case "end":
                del content[first:]
    return bytes(content)


@st.composite
def encoded(draw: st.DrawFn, content: bytes) -> bytes:
    """As it is, mostly; else in another encoding."""
    how = draw(st.sampled_from(["", "", "", "", "utf-8-sig", "utf-16", "utf-32-le", "cp500"]))
    return content.decode("utf-8", "replace").encode(how, "replace") if how else content
