"""Settings of the whole suite."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the first example of a law may have to compile its kernel.
settings.register_profile("kairos", deadline=None)
settings.load_profile("kairos")

# A shell starts `make test &` with Ctrl-C ignored, and processes that the tests start and interrupt
# would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests, and the processes they start, leave the user's cache, keyring and log alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("KAIROS_CACHE", str(folder))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.delenv("KAIROS_LOG_FILE", raising=False)
        yield folder
