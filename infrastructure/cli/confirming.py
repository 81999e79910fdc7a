"""Whoever types at a terminal is asked before what cannot be taken back."""

import sys


def can_be_asked() -> bool:
    """Whether somebody is there to see a question and to answer it."""
    return all(each is not None and each.isatty() for each in (sys.stdin, sys.stderr))


def says_yes(question: str) -> bool:
    """Whether the answer to a question is yes; no answer is none.

    It is asked on standard error: what a command prints may go to a file.
    """
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
