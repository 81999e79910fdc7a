"""Tags and notes on runs."""

import pytest
from asking_setup import store

from infrastructure.database.engine import Database
from infrastructure.errors import ConfigError
from infrastructure.ledger.asking.marking import (
    LONGEST_NOTE,
    add_note,
    add_tags,
    all_tags,
    notes_of,
    remove_tags,
    runs_and_tags,
)
from tests.database.ledger_samples import rows


def test_a_tag_is_given_once_and_taken_off(database: Database) -> None:
    """Twice given it is one; only what was named goes; it says how many."""
    for _ in range(3):
        store(database)
    assert add_tags(database, [1, 2, 2], ["good", "2024-q1"]) == 4
    assert add_tags(database, [2, 3], ["good"]) == 1
    assert all_tags(database) == {"2024-q1": 2, "good": 3}
    assert remove_tags(database, [1, 3], ["good", "never"]) == 2
    assert all_tags(database) == {"2024-q1": 2, "good": 1}


def test_no_run_is_tagged_where_one_is_not_there(database: Database) -> None:
    """All or nothing, and the line names the one that is missing."""
    store(database)
    with pytest.raises(ConfigError, match=r"^run 5: no such run"):
        add_tags(database, [1, 5], ["good"])
    with pytest.raises(ConfigError, match=r"^run 5: no such run"):
        remove_tags(database, [1, 5], ["good"])
    assert all_tags(database) == {}


def test_words_are_numbers_of_runs_and_then_tags() -> None:
    """A tag may begin with a digit; each counts once; signs of letters of any language are fine."""
    assert runs_and_tags(["12", "007", "good", "2024", "good"][:3]) == ([12, 7], ["good"])
    assert runs_and_tags(["1", "2024-q1", "a/b:c+d.e_f", "gut\u00fcberpr\u00fcft", "a", "a"]) == (
        [1],
        ["2024-q1", "a/b:c+d.e_f", "gut\u00fcberpr\u00fcft", "a"],
    )
    assert runs_and_tags([]) == ([], [])


@pytest.mark.parametrize(
    "words",
    [
        ["good"],
        ["1", "good", "2"],
        ["1", ""],
        ["1", "two words"],
        ["1", "-good"],
        ["1", "a,b"],
        ["1", "a\nb"],
        ["1", "a\u202eb"],
        ["1", "=1+1"],
        ["1", "x" * 51],
        ["1", "\udcff"],
        ["9" * 5_000],
    ],
)
def test_what_is_neither_a_run_nor_a_tag_is_one_line(words: list[str]) -> None:
    """Before anything is written."""
    with pytest.raises(ConfigError) as caught:
        runs_and_tags(words)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


def test_notes_are_kept_in_order(database: Database) -> None:
    """Dated, in any language, with lines of their own; an empty one is none."""
    store(database)
    add_note(database, 1, "  first \u2713\nsecond line ")
    add_note(database, 1, "x" * LONGEST_NOTE)
    first, second = notes_of(database, 1)
    assert first["note"] == "first \u2713\nsecond line"
    assert len(second["note"]) == LONGEST_NOTE
    assert first["written_at"] <= second["written_at"]
    for text in ("", "  \n", "x" * (LONGEST_NOTE + 1), "a\0b", "\udcff"):
        with pytest.raises(ConfigError, match=r"^run 1: expected a note"):
            add_note(database, 1, text)
    with pytest.raises(ConfigError, match=r"^run 2: no such run"):
        add_note(database, 2, "x")
    assert rows(database, "SELECT count(*) FROM run_notes") == [(2,)]
