"""Conditions on runs, such as `sharpe > 1 and not (synthetic or trades < 30)`, into SQL.

A grammar of its own, of columns, values and comparisons alone; all that was written goes to the
database as a bound parameter, never as SQL. A figure that does not exist fulfils no comparison, nor
the opposite of one: `is null` asks for it.
"""

from sqlalchemy import ColumnElement, and_, not_, or_

from infrastructure.ledger.asking.where_values import Value, compared, value_of
from infrastructure.ledger.asking.where_words import Word, refused, words_of

DEEPEST = 50
"""Brackets and nots within one another."""

_KEYWORDS = ("and", "or", "not", "is", "null", "like")


def condition_of(text: str) -> ColumnElement[bool]:
    """The condition in SQL.

    Raises ConfigError of one line that tells the character where it goes wrong.
    """
    parser = _Parser(words_of(text))
    condition = parser.alternatives()
    parser.expect_end()
    return condition


class _Parser:
    """Reads the words from left to right, each once."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._next = 0
        self._depth = 0

    @property
    def _word(self) -> Word:
        return self._words[self._next]

    def _taken(self, *keywords: str) -> bool:
        """Whether the next word is one of these; then it is behind us."""
        found = self._word.says(*keywords) or (
            self._word.kind == "bracket" and self._word.text in keywords
        )
        self._next += found
        return found

    def expect_end(self) -> None:
        """Raise ConfigError where a word is left."""
        if self._word.kind != "end":
            raise refused(self._word.place, "and, or, or the end", self._word.text)

    def alternatives(self) -> ColumnElement[bool]:
        """One thing `or` another."""
        parts = [self._together()]
        while self._taken("or"):
            parts.append(self._together())
        return or_(*parts)

    def _together(self) -> ColumnElement[bool]:
        """One thing `and` another."""
        parts = [self._one()]
        while self._taken("and"):
            parts.append(self._one())
        return and_(*parts)

    def _one(self) -> ColumnElement[bool]:
        """`not ...`, `( ... )` or a comparison."""
        word = self._word
        if self._depth >= DEEPEST:
            raise refused(word.place, f"at most {DEEPEST} brackets within one another", word.text)
        self._depth += 1
        if self._taken("not"):
            made: ColumnElement[bool] = not_(self._one())
        elif self._taken("("):
            made = self.alternatives().self_group()
            if not self._taken(")"):
                raise refused(self._word.place, "and, or, or a closing bracket", self._word.text)
        else:
            made = self._comparison()
        self._depth -= 1
        return made

    def _comparison(self) -> ColumnElement[bool]:
        left = self._value("a column such as sharpe")
        sign = self._word
        if sign.kind == "operator":
            self._next += 1
            return compared(left, sign.text, self._value("a value", after=sign.text))
        if not left.is_column:
            raise refused(sign.place, "a comparison such as = or >", sign.text)
        if self._taken("is"):
            is_not = self._taken("not")
            if not self._taken("null"):
                raise refused(self._word.place, "null", self._word.text)
            return left.sql.is_not(None) if is_not else left.sql.is_(None)
        if sign.says("like", "not"):
            return self._likeness(left)
        if left.kind == "flag":
            return compared(left, "=", value_of(Word("name", "true", left.word.place)))
        raise refused(sign.place, f"a comparison such as = or > after {left.word.text}", sign.text)

    def _likeness(self, left: Value) -> ColumnElement[bool]:
        """`like 'qqq%'`: % is any text, _ any character, capitals or not."""
        is_not = self._taken("not")
        if not self._taken("like"):
            raise refused(self._word.place, "like", self._word.text)
        if left.kind != "text":
            raise refused(left.word.place, "a column of text before like", left.word.text)
        word = self._word
        if word.kind != "text":
            raise refused(word.place, "a quoted text such as 'qqq%'", word.text)
        self._next += 1
        pattern = word.text[1:-1].replace(word.text[0] * 2, word.text[0])
        found = left.sql.ilike(pattern.replace("\\", "\\\\"), escape="\\")
        return not_(found) if is_not else found

    def _value(self, expected: str, after: str = "") -> Value:
        word = self._word
        if word.says("null") and after:
            raise refused(word.place, f"`is null` instead of `{after} null`", word.text)
        if word.kind == "end" or word.says(*_KEYWORDS):
            raise refused(word.place, expected, word.text)
        value = value_of(word)
        self._next += 1
        return value
