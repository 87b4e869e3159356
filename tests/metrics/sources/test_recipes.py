"""Recipes as they are kept, and where in a form a failure stands."""

import pytest

from metrics.sources.choices import FailureKind, SourceKind
from metrics.sources.csv_answers import CsvCell
from metrics.sources.failures import NotCollected
from metrics.sources.json_answers import JsonPath
from metrics.sources.recipes import (
    RECIPES,
    field_of,
    kept_of,
    recipe_of,
    same_server,
    shown_address,
)


@pytest.mark.parametrize(
    ("kind", "recipe"),
    [
        ("json", JsonPath("a", "at")),
        ("csv", CsvCell("cost", row="latest", time_column="day", date_order="dmy")),
    ],
)
def test_a_recipe_comes_back_as_it_was_kept(kind, recipe):
    assert recipe_of(kind, kept_of(recipe)) == recipe


def test_every_kind_has_its_recipe_and_fields_of_others_are_left_aside():
    assert set(RECIPES) == set(SourceKind)
    assert recipe_of("json", {"path": "a", "query": "b", "time_path": ""}) == JsonPath("a")
    assert recipe_of("json", {}).problems() == {"path": "Give the path to the number."}


@pytest.mark.parametrize(
    ("failure", "sentence", "kept", "field"),
    [
        (FailureKind.TIMEOUT, "No answer.", {"path": "a"}, "url"),
        (FailureKind.SIGN_IN, "The server answered 401.", {"path": "a"}, "secret"),
        (FailureKind.KEY, "Put that key back.", {"path": "a"}, "secret"),
        (FailureKind.UNIT, "ms, not €.", {"path": "a"}, "unit"),
        (FailureKind.NOT_FOUND, "The path a finds nothing in the answer.", {"path": "a"}, "path"),
        (FailureKind.NOT_FOUND, "The path b finds nothing.", {"path": "a", "time_path": "b"}, "time_path"),
        (FailureKind.TIME, "“x” is not a time.", {"path": "a", "time_path": "b"}, "time_path"),
        (FailureKind.TIME, "In the future.", {"path": "a"}, "url"),
    ],
)
def test_what_failed_stands_where_it_can_be_put_right(failure, sentence, kept, field):
    assert field_of(NotCollected(failure, sentence), "json", kept) == field


def test_a_missing_column_stands_at_the_field_that_names_it():
    kept = {"value_column": "cost", "time_column": "day", "where_column": "team"}
    for name, field in (("cost", "value_column"), ("day", "time_column"), ("team", "where_column")):
        sentence = f"There is no column “{name}”. The file has “a”."
        assert field_of(NotCollected(FailureKind.NOT_FOUND, sentence), "csv", kept) == field


def test_an_address_is_shown_without_what_may_be_a_key():
    assert shown_address("https://a.example/x?token=abc#b") == "https://a.example/x?…"
    assert shown_address("https://a.example/x#token=abc") == "https://a.example/x"


def test_servers_are_told_apart_by_scheme_host_and_port():
    assert same_server("https://A.example/x", "https://a.example:443/y?z")
    for other in ("http://a.example/", "https://a.example:444/", "https://b.example/", "nonsense"):
        assert not same_server("https://a.example/", other)
