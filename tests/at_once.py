"""Two people at once, on real threads and connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(*calls: Callable) -> list:
    """Run these on threads that begin together; each result is what it returned or the error it raised."""
    barrier = Barrier(len(calls))

    def run(call: Callable):
        barrier.wait(timeout=10)
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def errors(results: list) -> list[Exception]:
    return [result for result in results if isinstance(result, Exception)]
