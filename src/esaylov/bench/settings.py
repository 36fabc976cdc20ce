"""The platform's settings with the yardstick's address added: for the server of a measurement only."""

from esaylov.settings import *  # noqa: F403

ROOT_URLCONF = "esaylov.bench.yardstick"
# The yardstick takes a POST outside of `/api/`.
MIDDLEWARE = [name for name in MIDDLEWARE if name != "esaylov.design.headers.reading_only"]  # noqa: F405
