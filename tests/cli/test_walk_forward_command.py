"""`kairos walk-forward`: folds, a run and a page, or one clear line."""

import json
from pathlib import Path

import pytest
from cli_setup import Shop

GIVEN = (
    *("--train", "8s", "--test", "4s", "--workers", "1"),
    *("--param", "tightness_threshold=0.1:0.3:0.1", "--param", "risk_reward=1,2"),
)


def test_folds_and_run_are_told_and_stored(shop: Shop) -> None:
    """Three tests of four sessions; the run is one that `gates` and `verdict` find."""
    done = shop.kairos("walk-forward", shop.portfolio(), *GIVEN)
    assert (done.code, done.err) == (0, "")
    said = " ".join(done.out.split())
    assert "Walk forward · single 3 folds · train 8s · test 4s · best by sqn of 6 config" in said
    assert "Run 1, stored in kairos.db." in said
    assert "\x1b" not in done.out
    assert "is a walk forward" in shop.kairos("gates", 1).error
    assert shop.kairos("verdict", 1, "--json").code == 0


def test_json_and_a_page(shop: Shop, tmp_path: Path) -> None:
    """One object on standard output; the page's name goes beside it."""
    page = tmp_path / "walk.html"
    wanted = ("--json", "--html", page, "--anchored", "--embargo", "1s", "--warm-up", "26")
    done = shop.kairos("walk-forward", shop.portfolio(), *GIVEN, *wanted)
    told = json.loads(done.out)["walk_forward"]
    assert (done.code, done.err.strip()) == (0, str(page))
    assert (told["anchored"], told["embargo"], told["warm_up"]) == (True, "1s", 26)
    assert [fold["number"] for fold in told["folds"]] == [1, 2, 3]
    assert {fold["train_start"] for fold in told["folds"]} == {"2024-01-02"}
    assert "Walk forward" in page.read_text(encoding="utf-8")


def test_samplers_draw_from_spans(shop: Shop) -> None:
    """The same seed is the same walk; another one draws others."""
    given = (*GIVEN[:6], "--param", "risk_reward=0.5:4", "--sampler", "sobol", "--trials", "16")

    def chosen(seed: int) -> list[float]:
        done = shop.kairos("walk-forward", shop.portfolio(), *given, "--seed", seed, "--json")
        folds = json.loads(done.out)["walk_forward"]["folds"]
        return [fold["parameters"].get("risk_reward") for fold in folds]

    first = chosen(1)
    assert first == chosen(1) != chosen(2)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("--train", "soon"), "train must be a length above 0 such as 2y, 6m, 8w, 90d or 250s"),
        (("--train", "20s"), "one fold needs 22 sessions, there are 21 (2024-01-02 to 2024-01-31)"),
        (("--embargo", "1 week"), '(did you mean "1w"?)'),
        (("--constraint", "trades>=9999"), "in none of the 3 folds has any of the 18 trials"),
        (("--param", "portfolio:risk.max_daily_risk=-2,-1"), "sweep it with: kairos sweep"),
    ],
)
def test_bad_input_is_one_line(shop: Shop, given: tuple[str, ...], line: str) -> None:
    """Exit code 2, nothing printed, no run stored."""
    done = shop.kairos("walk-forward", shop.portfolio(), *GIVEN, *given)
    assert (done.code, done.out) == (2, "")
    assert line in done.error
    assert "no run is stored" in shop.kairos("verdict", 1).error
