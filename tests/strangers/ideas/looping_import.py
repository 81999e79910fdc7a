"""A strategy's file that is never done with being imported."""

from infrastructure.core.vectorbt_strategy import VectorBTStrategy

all(number == 0 for number in iter(int, 1))  # <- NeverThere


class NeverThere(VectorBTStrategy):
    pass
