"""The product's settings, with the addresses of the benchmark."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
CELERY_BROKER_URL = "memory://localhost"  # what a write hands to the queue costs as little as it can
