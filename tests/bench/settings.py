"""The product's settings, with the addresses of the benchmark."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
