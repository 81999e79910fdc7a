"""StrategyLoader: config files in, frozen configs out."""

import json
import os
import posixpath
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PureWindowsPath

from infrastructure import log
from infrastructure.core.config import PortfolioConfig, StrategyConfig, parse
from infrastructure.core.config.json_reader import is_file, nearest_file, read_json_object
from infrastructure.errors import ConfigError
from infrastructure.wording import printable, show

DEFAULT_FOLDER = "backtest_config"
"""Of the configs, below the folder that a command runs in."""


@dataclass(frozen=True)
class LoadedPortfolio:
    """A portfolio with its strategies, in the portfolio's order.

    path, strategy_paths: their files; of strategies that come from no files there is none.
    """

    config: PortfolioConfig
    strategies: tuple[StrategyConfig, ...]
    path: Path
    strategy_paths: tuple[Path, ...] = ()

    @property
    def calendar(self) -> str:
        """Whose sessions are the account's days."""
        return self.config.calendar_of(self.strategies)


class StrategyLoader:
    """Reads the configs under `config_dir`: its folders strategies/ and portfolios/.

    Every refusal is a ConfigError of one line that names the file and the key.
    """

    def __init__(self, config_dir: str | Path = DEFAULT_FOLDER) -> None:
        self.config_dir = Path(config_dir)

    def load_strategy(self, path_or_name: str | Path) -> StrategyConfig:
        """A strategy by name (strategies/<name>.json of config_dir) or by the path of its file."""
        path = self._path(path_or_name, "strategies")
        data = read_json_object(path)
        _check_kind(data, path, other="portfolio", wanted="strategy")
        config = parse(StrategyConfig, data, path.name)
        _log_loaded(path, data)
        return config

    def load_portfolio(self, path_or_name: str | Path) -> LoadedPortfolio:
        """A portfolio, by name or path like a strategy, and all of its strategies."""
        path = self._path(path_or_name, "portfolios")
        data = read_json_object(path)
        _check_kind(data, path, other="strategy", wanted="portfolio")
        config = parse(PortfolioConfig, data, path.name)
        _log_loaded(path, data)
        paths = tuple(
            _strategy_path(path, each.strategy, f"{path.name}: strategies[{position}].strategy")
            for position, each in enumerate(config.strategies)
        )
        return LoadedPortfolio(config, tuple(map(self.load_strategy, paths)), path, paths)

    def portfolio_paths(self) -> list[Path]:
        """Every portfolio of config_dir, sorted; empty where there is none."""
        found = (self.config_dir / "portfolios").glob("*.json")
        return sorted(path for path in found if not path.name.startswith("."))

    def _path(self, path_or_name: str | Path, folder: str) -> Path:
        given = str(path_or_name)
        is_path = given.endswith(".json") or Path(given).name != given
        return Path(given) if is_path else self.config_dir / folder / f"{given}.json"


def _log_loaded(path: Path, data: dict[str, object]) -> None:
    """Which file, and the digest of what it says whatever its layout."""
    if log.heard():
        content = json.dumps(data, sort_keys=True, default=str).encode()
        log.event("config loaded", file=str(path), content=sha256(content).hexdigest()[:12])


def strategy_named(path: Path) -> str:
    """What a command takes for a strategy's file: its name where that is enough, else the path."""
    here = Path.cwd()
    path = path.relative_to(here) if path.is_relative_to(here) else path
    short = path.parent == Path(DEFAULT_FOLDER, "strategies")
    return path.stem if short else str(path)


def _check_kind(data: dict[str, object], path: Path, *, other: str, wanted: str) -> None:
    if f"{other}_name" in data and f"{wanted}_name" not in data:
        raise ConfigError(f"{printable(path.name)}: this is a {other}; expected a {wanted}")


def _strategy_path(portfolio: Path, reference: str, where: str) -> Path:
    """The file that a portfolio's `strategy` means.

    A name means strategies/<name>.json under the folder above the portfolio's own; what has a / or
    ends in .json is a path from the portfolio's own folder, and may not leave the one above.
    """
    where = printable(where)
    found = f"found {show(reference)}"
    if "\\" in reference or reference.startswith("/") or PureWindowsPath(reference).drive:
        raise ConfigError(f"{where} must be a name or a path from the portfolio's folder; {found}")
    own_folder = Path(os.path.normpath(Path.cwd() / portfolio)).parent
    root = own_folder.parent
    is_name = "/" not in reference and not reference.endswith(".json")
    goal = root / "strategies" / f"{reference}.json" if is_name else own_folder / reference
    path = Path(os.path.normpath(goal))
    if not path.is_relative_to(root) or _leads_out(path, root):
        raise ConfigError(f"{where} must not leave {printable(str(root))}; {found}")
    path = path if portfolio.is_absolute() else Path(os.path.relpath(path))
    if not is_file(path):
        instead = _instead(reference, path, root)
        raise ConfigError(f"{where} names no file, {printable(str(path))}; {found}{instead}")
    return path


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a link on the way to the file leads out of `root`."""
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself: it is no file either
        return False


def _instead(reference: str, path: Path, root: Path) -> str:
    """The reference that was meant, as ' (did you mean "x"?)', or ''."""
    by_name = reference.removesuffix(".json")
    if by_name != reference and is_file(root / "strategies" / reference):
        return f" (did you mean {show(by_name)}?)"
    meant = nearest_file(path.name, path.parent)
    if meant is None:
        return ""
    if by_name == reference:
        return f" (did you mean {show(meant.removesuffix('.json'))}?)"
    return f" (did you mean {show(posixpath.join(posixpath.dirname(reference), meant))}?)"
