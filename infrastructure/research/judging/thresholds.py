"""Where a verdict draws its lines, each with its reason."""

CONFIDENCE = 0.95
"""Asked of every statement that a result is more than luck: one error in twenty, the custom."""

MIN_TRADES = 30
"""Below, one trade moves every average by 3 % of itself and more, and no interval can be trusted:
the bootstrap knows only what happened, and rare losses have not happened yet."""

MIN_SESSIONS = 60
"""A quarter of a year. Below, the spread of session returns is itself hardly known, and CSCV would
compare blocks of less than a week."""

PBO_LUCK = 0.50
"""The chosen configuration is as likely below as above the median of the others afterwards:
choosing brought nothing (Bailey, Borwein, Lopez de Prado and Zhu 2017)."""

PBO_FRAGILE = 0.20
"""Choosing fails on one half of history in five: a second choice would often be another."""

MOST_LOST_HALVES = 0.05
"""Share of halves of history on which the choice of the other half may lose money. Where all trials
are alike, which one is chosen is a coin toss and overfitting shows one half: that is no fault as
long as the choice goes on earning."""

PLATEAU_SHARE = 0.50
"""Of the neighbours on the grid, so many keep KEEPS of the objective: with fewer, most small errors
of a parameter cost a fifth of the result or more."""

RUIN_PCT = 20.0
"""Percent of the starting capital lost at which most accounts of others' money are closed."""

MOST_RUIN = 0.05
"""Probability of reaching that limit that a trader may live with, one account in twenty."""

SKIP_PROBABILITY = 0.10
"""Of missing a trade: a day ill, a broken line, an order that was not filled."""

MOST_LOSING = 0.05
"""Share of paths with missed trades that may end below the starting capital."""

COSTS_KEEP = 0.50
"""Share of the profit that should be left when slippage is twice what was assumed: the first
estimate of slippage is seldom better than that."""

ASSUMED_SLIPPAGE_BPS = 1.0
"""Tested where a run paid none, since twice nothing is nothing: a cent on a share of 100."""

MANY = 10
"""Configurations from which on a page speaks of many: the best of ten without skill is expected one
and a half standard errors above zero."""

MOST_SAMPLED = 1_000
"""Trials simulated again for their returns, where there are more: enough for the spectrum of their
correlations, and a second of work."""
