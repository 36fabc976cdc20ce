"""The platform's settings with the yardstick's address added: for the server of a measurement only."""

from esaylov.settings import *  # noqa: F403

ROOT_URLCONF = "esaylov.bench.yardstick"
