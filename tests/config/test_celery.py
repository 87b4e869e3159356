"""What a fresh process knows of the tasks: the worker all of them, a web process how to hand work over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.schedule import BEAT_SCHEDULE
from gates.upgrades.actions import TASK
from tests.test_architecture import ROOT, sources

pytestmark = pytest.mark.process  # in this one every test module has loaded its tasks


def said(code: str) -> list[str]:
    """The lines that a new Python process prints which has only Django set up."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_a_worker_knows_every_task_and_so_all_that_the_clock_asks_for():
    known = said(
        "from config.celery import app\n"
        "app.loader.import_default_modules()\n"
        "print(*(name for name in app.tasks if not name.startswith('celery.')))"
    )

    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} <= set(known)
    assert {name.rsplit(".", 1)[0] for name in known} == {module_of(path) for path in sources("tasks.py")}


def test_a_web_process_hands_over_long_work_whose_task_it_has_not_loaded():
    assert said(
        "import sys\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "from unittest.mock import Mock, patch\n"
        "from pilots.actions import jobs\n"
        f"assert {TASK.rsplit('.', 1)[0]!r} not in sys.modules\n"
        "with patch('celery.app.task.Task.delay', autospec=True) as delay, "
        "patch.object(jobs.transaction, 'on_commit', lambda call: call()):\n"
        f"    jobs._send(Mock(kind={TASK!r}, pk=7))\n"
        "print(delay.call_args.args[0].name, delay.call_args.args[1])"
    ) == [TASK, "7"]
