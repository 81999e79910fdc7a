"""The pages: alone, harmless, honest about how much was tried."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from html.parser import HTMLParser
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plotly.offline import get_plotlyjs
from research_setup import (
    REWARD,
    SIX,
    STOP,
    TIGHT,
    Axis,
    Fan,
    Fold,
    Gate,
    Gates,
    Interval,
    Sweep,
    Verdict,
    WalkForward,
    sweep,
    trials,
)

from infrastructure.errors import ConfigError, StorageError
from infrastructure.reporting.research_pictures import (
    gates_page,
    save_page,
    sweep_page,
    verdict_page,
    walk_forward_page,
)

FOLDS = (Fold(1, {"sqn": 2.0}, {"sqn": 1.0}), Fold(2, {"sqn": 1.5}, {"sqn": -0.5}))
VERDICT = Verdict(
    {"sqn": Interval(1.0, 0.1, 2.0, np.linspace(0.0, 2.0, 500))},
    Fan([0.05, 0.5, 0.95], [[100.0, 90.0], [100.0, 105.0], [100.0, 125.0]]),
    sweep(),
)
GATES = Gates([Gate("daily_limit", 9, 9, -0.2, -0.4, 0.1)])
PAGES: dict[str, tuple[Callable[[Any], str], Any]] = {
    "sweep": (sweep_page, sweep()),
    "walk forward": (walk_forward_page, WalkForward(FOLDS)),
    "verdict": (verdict_page, VERDICT),
    "gates": (gates_page, GATES),
}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'"
DRAWN_HERE = {"bar", "heatmap", "parcoords", "scatter", "scatter3d", "surface"}


class Reader(HTMLParser):
    """What a browser makes of a page: its tags, its text, its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attrs = self.tags[-1] if self.tags else ("", {})
        if tag == "script":
            self.scripts.append((attrs, data))
            self.tags.append(("after script", {}))
        else:
            self.text.append(data)


def without_library(page: str) -> str:
    """A page without plotly.js, which must stand there once."""
    library = get_plotlyjs()
    assert page.count(library) == 1
    return page.replace(library, "")


def spoken(page: str) -> str:
    """What a reader reads outside the figures."""
    return " ".join(Reader(without_library(page)).text)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_stands_alone(kind: str) -> None:
    """plotly.js once, and no address of a network outside it.

    Addresses inside it are names of XML, comments, help texts and tiles of maps; no picture here is
    a map, its button that uploads a chart is off, and the page's policy forbids every request.
    """
    draw, result = PAGES[kind]
    rest = without_library(draw(result))
    assert not re.search(r"https?:|[\"'(]//|\bsrc\s*=|\bhref\s*=|url\(|@import|wss?:", rest)
    assert "showSendToCloud: false" in rest
    drawn = set(re.findall(r'"type":"(\w+)"', rest)) - {
        "category",
        "data",
        "line",
        "linear",
        "rect",
    }
    assert drawn <= DRAWN_HERE
    assert "default-src 'none'" in rest


@pytest.mark.parametrize("kind", PAGES)
def test_only_two_scripts_may_run(kind: str) -> None:
    """The policy names the hashes of plotly.js and of the lines that call it; the rest is data."""
    draw, result = PAGES[kind]
    page = Reader(draw(result))
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a) or ""
    running = [text for attrs, text in page.scripts if not attrs]
    assert len(running) == 2
    for text in running:
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert ("unsafe-eval" in policy) == (kind == "sweep")  # parallel coordinates need it
    data = [attrs["id"] for attrs, _ in page.scripts if attrs.get("type") == "application/json"]
    assert data == [f"{attrs['id']}-data" for _, attrs in page.tags if attrs.get("class") == "plot"]
    assert len(data) >= 1


def evil(kind: str) -> str:
    """A page all of whose texts would be tags."""
    if kind == "sweep":
        frame = SIX.assign(**{STOP: [EVIL, "fix"] * 3})
        return sweep_page(sweep(frame, title=EVIL))
    if kind == "walk forward":
        fold = replace(FOLDS[0], parameters={STOP: EVIL})
        return walk_forward_page(WalkForward([fold], title=EVIL))
    if kind == "verdict":
        named = {EVIL: VERDICT.bootstrap["sqn"]}
        return verdict_page(
            replace(VERDICT, bootstrap=named, title=EVIL, verdict=EVIL, reasons=[EVIL])
        )
    return gates_page(Gates([Gate(EVIL, 3, 3, 0.1, 0.0, 0.2)], title=EVIL))


@pytest.mark.parametrize("kind", PAGES)
def test_a_name_that_is_a_tag_stays_a_name(kind: str) -> None:
    """No text brings a tag, a script or a handler; it is read letter by letter."""
    page = evil(kind)
    plain, draw = Reader(page), PAGES[kind]
    usual = Reader(draw[0](draw[1]))
    assert {tag for tag, _ in plain.tags} <= {tag for tag, _ in usual.tags} | {"ul", "li", "p"}
    assert not [a for _, attrs in plain.tags for a in attrs if a.startswith("on") or a == "src"]
    assert len([text for attrs, text in plain.scripts if not attrs]) == 2
    assert EVIL in "".join(plain.text)
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize("kind", PAGES)
def test_made_up_bars_are_labelled(kind: str) -> None:
    """In the title, in the heading, in words, and on each figure; real bars are not."""
    draw, result = PAGES[kind]
    page = draw(replace(result, synthetic=True))
    rest = without_library(page)
    figures = rest.count('class="plot"')
    assert rest.count("SYNTHETIC bars") == 3 + figures
    assert "says anything about a market" in spoken(page)
    assert "SYNTHETIC" not in without_library(draw(result))


def test_every_picture_says_how_to_read_it() -> None:
    """A line below each."""
    for draw, result in PAGES.values():
        captions = re.findall(r"<figcaption>(.*?)</figcaption>", draw(result))
        assert len(captions) >= 1
        assert all(len(caption) > 40 for caption in captions)


def test_a_sweep_says_how_many_were_tried_and_what_was_best() -> None:
    """The best trial by its keys and figures, and the caution."""
    said = spoken(sweep_page(sweep(n_trials=12_345)))
    assert "12,345 configurations of one strategy on the same bars" in said
    assert "The best of 12,345 configurations is also the luckiest of 12,345" in said
    assert "Best: tightness_threshold 0.3 · stop_loss.value 2." in said
    assert "Its figures: SQN 2.00 · Trades 90." in said
    assert "The median configuration has SQN 1.00." in said


def test_a_walk_forward_says_what_its_folds_came_to() -> None:
    """Medians of both sides, the efficiency, and what the in-sample figures are worth."""
    said = spoken(walk_forward_page(WalkForward(FOLDS)))
    assert "SQN: median 1.75 in sample, 0.25 out of sample · 1 of 2 folds above 0" in said
    assert "Median efficiency 0.50" in said
    assert "the best of 960 configurations, and flatters" in said
    assert "grows with the number of trades" in said
    sharpe = [Fold(1, {"sharpe": 1.0}, {"sharpe": 0.5})]
    assert "grows with" not in spoken(walk_forward_page(WalkForward(sharpe, "sharpe")))


def test_a_verdict_gives_its_word_its_reasons_and_its_trials() -> None:
    """And draws what there is: no fan and no plateau are no error."""
    page = verdict_page(VERDICT)
    said = spoken(page)
    for words in ("Fragile", "Its interval reaches zero.", "4,320 configurations tried"):
        assert words in said
    assert page.count('class="plot"') == 3
    bare = verdict_page(replace(VERDICT, fan=None, plateau=None, n_trials=1))
    assert bare.count('class="plot"') == 1
    assert "no other configuration" in spoken(bare)


@dataclass(frozen=True)
class TellingVerdict(Verdict):
    """A verdict with more to say."""

    summary: str = "Most of it may be luck."
    warnings: tuple[str, ...] = ("The bars have changed since.", "The bars are SYNTHETIC.")


def test_a_verdicts_summary_and_warnings_are_shown() -> None:
    """Where it has them; the page's own caution on made-up bars is not said twice."""
    page = verdict_page(TellingVerdict({}, synthetic=True))
    for words in ("Most of it may be luck.", "The bars have changed since."):
        assert words in spoken(page)
    assert "The bars are SYNTHETIC." not in page


class NoBest(Sweep):
    """A sweep of which no trial meets the constraints, as the research's own result tells it."""

    def __getattribute__(self, name: str) -> Any:
        if name == "best":
            raise ConfigError("none of the 6 configurations meets trades>=30")
        return super().__getattribute__(name)


def test_a_sweep_that_refuses_to_name_a_best_has_none() -> None:
    """The trials are drawn all the same."""
    page = sweep_page(NoBest(SIX, [Axis((TIGHT,)), Axis((STOP,))]))
    assert "There is no best configuration" in spoken(page)
    assert figures_of(page) == 3


def test_gates_say_what_cannot_be_told() -> None:
    """Rules whose interval holds zero are counted."""
    sure = Gate("session_end", 5, 5, 0.3, 0.1, 0.5)
    said = spoken(gates_page(Gates([GATES.rules[0], sure])))
    assert "1 of the 2 rules whose trades could be simulated" in said
    assert "cannot tell" not in spoken(gates_page(Gates([sure])))


def figures_of(page: str) -> int:
    """How many figures a page has."""
    return page.count('class="plot"')


def test_pairs_of_keys_are_mapped_two_to_a_line() -> None:
    """Of five keys the four that part the objective most: six maps, a surface, the lines."""
    rng = np.random.default_rng(4)
    frame = trials(**{f"key_{n}": rng.integers(0, 3, 300) for n in range(5)}, sqn=[0.0] * 300)
    frame["sqn"] = frame[[f"key_{n}" for n in (0, 1, 2, 4)]].sum(axis=1).astype(float)
    page = sweep_page(sweep(frame, [f"key_{n}" for n in range(5)]))
    assert page.count('class="half"') == 6
    assert figures_of(page) == 8
    assert "Drawn are the 4 of 5 keys that part it most." in page
    titles = re.findall(r"SQN by (key_\d) and (key_\d)", page)
    assert "key_3" not in {key for pair in titles for key in pair}


def test_a_sweep_of_one_key_is_a_curve() -> None:
    """And one of none, or of a key with one value, is words alone."""
    assert figures_of(sweep_page(sweep(keys=[TIGHT]))) == 1
    assert figures_of(sweep_page(sweep(SIX[SIX[STOP] == 1.0]))) == 1
    assert figures_of(sweep_page(sweep(SIX.iloc[:1]))) == 0


def test_linked_keys_are_one_axis() -> None:
    """By the first key where it tells the others, by both where it does not."""
    frame = trials(tight=[0.1, 0.2, 0.3, 0.3], stop=[1.0, 2.0, 3.0, 3.0], sqn=[1.0, 2.0, 3.0, 4.0])
    linked = Sweep(frame, [Axis((TIGHT, STOP))], frame.loc[3])
    assert "SQN by tightness_threshold" in sweep_page(linked)
    loose = frame.assign(**{STOP: [1.0, 2.0, 3.0, 4.0]})
    page = sweep_page(Sweep(loose, [Axis((TIGHT, STOP))], loose.loc[3]))
    assert "SQN by tightness_threshold + stop_loss.value" in page
    assert r"0.3 \u002f 4" in page  # as its JSON writes a slash


def test_a_sweep_without_a_defined_objective_is_a_page_all_the_same() -> None:
    """It says so, and names no best."""
    none = SIX.assign(sqn=nan)
    page = sweep_page(sweep(none))
    assert "There is no best configuration" in spoken(page)
    assert page.count("no trial has a defined sqn") == 3


def test_pages_of_nothing_are_pages() -> None:
    """No folds, no rules, no resamples, undefined everywhere: words, no crash."""
    assert "there are no folds" in walk_forward_page(WalkForward([]))
    undefined = [Fold(1, {"sqn": nan}, {"sqn": None}, nan)]
    assert "no fold has a defined sqn" in walk_forward_page(WalkForward(undefined))
    assert "no rule stopped a signal" in gates_page(Gates([]))
    assert figures_of(verdict_page(Verdict({}))) == 0
    empty = trials(tight=[], stop=[], sqn=[]).astype(float)
    assert figures_of(sweep_page(sweep(empty))) == 0


def test_a_page_of_a_million_trials_stays_small() -> None:
    """Most of it is plotly.js."""
    rng = np.random.default_rng(1)
    n = 1_000_000
    keys = [TIGHT, STOP, REWARD, "entry.offset"]
    frame = pd.DataFrame({key: rng.integers(0, 80, n) / 80.0 for key in keys})
    frame = frame.assign(trial=np.arange(n), sqn=rng.random(n), trades=rng.integers(0, 99, n))
    assert len(sweep_page(sweep(frame, keys))) < 6_000_000


def test_a_frame_without_a_key_is_refused() -> None:
    """In one line that names it."""
    with pytest.raises(ConfigError, match=r'found "entry\.offset"'):
        sweep_page(sweep(keys=["entry.offset"]))


def test_a_page_is_written_where_asked(tmp_path: Path) -> None:
    """In a folder of its own if need be; a place that cannot be written is one clear line."""
    path = save_page("<!doctype html>é", tmp_path / "new" / "page.html")
    assert path.read_text(encoding="utf-8") == "<!doctype html>é"
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="the page cannot be written there"):
        save_page("", tmp_path / "file" / "page.html")
