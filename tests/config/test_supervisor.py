"""`manage.py up` with real processes: starts, survives deaths, refuses doubles, leaves nothing behind."""

import os
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest

from config import broker
from tests.config.real_processes import free_port, run_up, running, wait_until

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in Linux's /proc"),
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture(scope="module")
def up(data_dir):
    with running(data_dir) as up:
        yield up


def test_one_command_starts_a_page_that_answers_with_database_and_broker_behind_it(up):
    assert up.ask("/healthz") == 200
    assert up.ask("/readyz") == 200
    assert f"http://127.0.0.1:{up.port}" in up.said()


def test_a_killed_worker_is_started_again(up):
    before = up.processes("celery -A config worker")
    killed = min(before)

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: set(up.processes("celery -A config worker")) - set(before))
    wait_until(lambda: not set(up.processes("celery -A config worker")) & set(before))
    wait_until(lambda: "worker | ended unexpectedly (signal 9)" in up.said())


def test_a_second_start_on_the_same_data_is_refused_with_a_sentence(up, data_dir):
    second = run_up(data_dir, free_port())

    assert second.returncode == 1
    assert f"Pilotage is already running on this data (process {up.process.pid}" in second.stderr
    assert up.ask("/healthz") == 200


def test_a_busy_port_is_refused_with_a_sentence_that_names_port(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        refused = run_up(tmp_path / "data", port)

    assert refused.returncode == 1
    assert f"Port {port} is already used" in refused.stderr
    assert "PORT=" in refused.stderr


def test_a_port_that_is_no_number_is_refused_with_a_sentence(tmp_path):
    refused = run_up(tmp_path / "data", "http")

    assert refused.returncode == 1
    assert "PORT must be a number from 1 to 65535; it is “http”." in refused.stderr


def test_only_the_owner_can_reach_the_broker_and_read_the_secret(up, data_dir):
    assert stat.S_IMODE(broker.socket_path(data_dir).stat().st_mode) == 0o700
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600


def test_ctrl_c_ends_every_process(up):
    assert len(up.processes()) >= 8  # the supervisor, broker, three of web, three of worker, beat

    up.process.send_signal(signal.SIGINT)
    code = up.process.wait(15)

    assert code == 0, up.said()
    assert up.processes() == []
    assert "Traceback" not in up.said()


def test_a_killed_supervisor_leaves_no_process_behind_and_the_next_start_works(data_dir):
    with running(data_dir) as first:
        first.process.kill()
        first.process.wait()
        wait_until(lambda: not first.processes())
    with running(data_dir) as second:
        assert second.ask("/readyz") == 200


def test_the_socket_moves_to_the_runtime_folder_when_its_path_would_be_too_long(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    short, long = Path("/srv/pilotage"), Path("/srv") / ("deep" * 30)

    assert broker.socket_path(short) == short / "broker.sock"
    assert broker.socket_path(long).is_relative_to("/run/user/1000")
    assert broker.socket_path(long) == broker.socket_path(long)
    assert broker.socket_path(long) != broker.socket_path(long / "other")


def test_a_broker_of_the_system_is_preferred_to_the_bundled_one(monkeypatch, tmp_path):
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert broker.find_server() == str(server)


def test_the_bundled_broker_is_used_where_the_system_has_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert Path(broker.find_server()).name == "valkey-server"
