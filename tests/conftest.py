"""Settings of the whole suite."""

from hypothesis import settings

# No deadline: the first example of a law may have to compile its kernel.
settings.register_profile("kairos", deadline=None)
settings.load_profile("kairos")
