"""The sums of `make test` can be trusted: nothing failed or left out goes unsaid."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest

from tests.everything import __main__ as everything
from tests.everything.sharing import FOLDER, take
from tests.everything.suites import PLUGIN, ROOT, Result, Suite, count, run_suite

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure message="wrong"/></testcase>
<testcase name="d"><error message="set-up broke"/></testcase>
<testcase name="e"><skipped message="no printer"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def nothing_here(monkeypatch):
    for name in ("find_postgres", "find_redis", "find_browser", "find_prometheus", "find_shared_data"):
        monkeypatch.setattr(everything, name, lambda: None)


def test_a_report_is_counted_with_errors_as_failures_and_reasons_of_skips(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    result = count("Some tests", report)

    assert (result.passed, result.failed, result.skipped) == (2, 2, Counter({"no printer": 1}))


def test_a_run_that_breaks_off_is_a_failure(tmp_path):
    result = run_suite(
        Suite("Broken", {"DJANGO_SETTINGS_MODULE": "no.such.settings"}, set()), claims=str(tmp_path)
    )

    assert result.failed == 1


def test_a_machine_without_services_still_tests_on_sqlite_and_names_each_thing_left_out(nothing_here):
    left_out = []

    suites = everything.plan(left_out)

    assert [suite.name for suite in suites] == ["Tests on SQLite"]
    assert suites[0].without == {"browser", "postgres", "prometheus", "redis", "shared_data"}
    for words in ("PostgreSQL", "Redis", "browser", "Prometheus", "public data sets"):
        assert sum(words in line for line in left_out) >= 1


@pytest.fixture
def run(tmp_path, monkeypatch):
    """`run(claims)` runs five small files; the names of the tests that it ran."""
    either, together = "@pytest.mark.either\n", '@pytest.mark.either(together="demo")\n'
    for name, mark in {"a": either, "b": "", "c": either, "d": together, "e": together}.items():
        (tmp_path / f"test_{name}.py").write_text(f"import pytest\n{mark}def test_{name}(): pass\n")

    def names(claims) -> list[str]:
        report = tmp_path / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-c",
            "/dev/null",
            f"--rootdir={tmp_path}",
            str(tmp_path),
        ]
        command += ["-p", PLUGIN, f"--junitxml={report}"]
        environment = os.environ | {
            FOLDER: str(claims),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "",
        }
        subprocess.run(command, env=environment, cwd=tmp_path, check=False, stdout=subprocess.DEVNULL)
        return [case.get("name") for case in ElementTree.parse(report).iter("testcase")]

    return names


def test_what_either_database_serves_is_run_once_after_what_is_a_runs_own(run, tmp_path):
    claims = tmp_path / "claims"
    claims.mkdir()
    take("test_c.py", claims)  # by another run

    assert run(claims) == ["test_b", "test_a", "test_d", "test_e"]
    assert run(claims) == ["test_b"]


def test_what_shares_what_takes_long_is_left_to_one_run(run, tmp_path):
    claims = tmp_path / "claims"
    claims.mkdir()
    take("demo", claims)  # by another run

    assert run(claims) == ["test_b", "test_a", "test_c"]


def test_what_is_left_out_fails_only_where_everything_is_required(monkeypatch, capsys):
    results = [Result("Tests on SQLite", passed=7, skipped=Counter({"no printer": 2}))]

    monkeypatch.delenv("PILOTAGE_REQUIRE_ALL", raising=False)
    assert everything.conclude(results, [], []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed, 2 skipped"

    monkeypatch.setenv("PILOTAGE_REQUIRE_ALL", "1")
    assert everything.conclude(results, [], []) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "  - Tests on SQLite: 2 skipped, because: no printer" in lines
    assert lines[-1] == "7 passed, 1 failed, 2 skipped"


def test_the_sums_of_all_runs_are_the_last_line(capsys):
    results = [Result("Checks", passed=6, failed=1), Result("SQLite", passed=10), Result("PG", passed=8)]

    assert everything.conclude(results, ["types"], []) == 1
    out = capsys.readouterr().out
    assert "Failed checks: types" in out
    assert out.splitlines()[-1] == "24 passed, 1 failed, 0 skipped"
