"""What a command has stored so far: told after a crash, so that nobody does it twice."""

_kept: dict[str, str] = {}


def keep(what: str, told: str) -> None:
    """`what`, such as "sweep 3", is stored as far as `told` says; the last sentence holds."""
    _kept[what] = told


def kept() -> list[str]:
    """A sentence for each thing that this command stored, in their order."""
    return list(_kept.values())


def forget() -> None:
    """A new command begins."""
    _kept.clear()
