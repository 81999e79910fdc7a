"""Errors by who must act: the config's author, the data's owner, the operator.

Every message is one line: where, what was expected, what was found, what to do.
The command line prints it and exits with 2; anything else is a bug and keeps its traceback.
"""


class KairosError(Exception):
    """Something the user can put right; its text is the whole message."""


class ConfigError(KairosError):
    """A JSON config (or the same values given in code) asks for something that cannot be."""


class DataError(KairosError):
    """Bars are missing or unfit to trade on."""


class StorageError(KairosError):
    """The database cannot be opened, read or written."""


class OldSchemaError(StorageError):
    """The database was made by an older Kairos, and nobody has asked to upgrade it yet.

    address: of the database, with its password.
    """

    def __init__(self, message: str, address: str) -> None:
        super().__init__(message)
        self.address = address


class StrategyError(KairosError):
    """A strategy's own code returned something unusable."""


class AccountingError(KairosError):
    """Kairos's books and VectorBT's accounting disagree: no figure of the run can be trusted."""


class ClusterError(KairosError):
    """A cluster cannot be reached, runs other code, or lost what it was given to do."""


class LogError(KairosError):
    """The file of --log-file cannot be written."""
