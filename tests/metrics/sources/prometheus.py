"""A Prometheus to ask: the real program where it is installed, and its recorded answers everywhere."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.config.real_processes import free_port, wait_until
from tests.metrics.sources.servers import LOCAL, Page, Served, serving

PROGRAM = shutil.which("prometheus")
RECORDED = json.loads((Path(__file__).parent / "prometheus_answers.json").read_text())["answers"]
PAGE = """\
# HELP requests_total Requests answered.
# TYPE requests_total counter
requests_total{path="/",code="200"} 1027
requests_total{path="/",code="500"} 3
# TYPE tickets_open gauge
tickets_open 42.5
# TYPE undefined_share gauge
undefined_share NaN
# TYPE without_end gauge
without_end +Inf
"""
CONFIGURATION = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: pilot
    static_configs: [{{targets: ["{target}"]}}]
"""


@contextlib.contextmanager
def recorded() -> Iterator[Served]:
    """Answers the recorded queries as Prometheus did."""

    def answer(request):
        asked = parse_qs(urlsplit(request.path).query)["query"][0]
        said = RECORDED[asked]
        Page(said["body"], status=said["status"], type=said["content_type"])(request)

    with serving({"/api/v1/query": answer}) as server:
        yield server


@contextlib.contextmanager
def real(folder: Path) -> Iterator[Served]:
    """The real program, once it has read the page of metrics."""
    with serving({"/metrics": Page(PAGE, type="text/plain; version=0.0.4")}) as metrics:
        configuration, port = folder / "prometheus.yml", free_port()
        configuration.write_text(CONFIGURATION.format(target=f"{LOCAL}:{metrics.port}"))
        options = [
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={LOCAL}:{port}",
        ]
        with (folder / "output").open("w") as output:
            program = subprocess.Popen([PROGRAM, *options], stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: _has_read(port), patience=60)
            yield Served(port, "http", LOCAL)
        finally:
            program.terminate()
            program.wait(20)


def _has_read(port: int) -> bool:
    """Without a collector: what is tested is not what decides when to begin."""
    try:
        with urllib.request.urlopen(
            f"http://{LOCAL}:{port}/api/v1/query?query=tickets_open", timeout=5
        ) as said:
            return bool(json.load(said)["data"]["result"])
    except OSError:
        time.sleep(0.1)
        return False
