"""Settings of the whole suite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: the first example of a law may have to compile its kernel.
settings.register_profile("kairos", deadline=None)
settings.load_profile("kairos")


@pytest.fixture(autouse=True, scope="session")
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Tests, and the processes they start, leave the user's cache alone."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("KAIROS_CACHE", str(folder))
        yield folder
