"""Which row is which pilot of the last import."""

import random

import pytest

from pilots.imports import matching
from pilots.imports.matching import Imported, Outcome, plan_import
from pilots.imports.reading import Reading, ReadRow


def rows_of(*said):
    """Rows of one name each: (name, {field: value})."""
    return [
        ReadRow(
            number,
            [],
            {"title": name, **values},
            identity=name,
            fingerprint=repr((name, sorted(values.items()))),
        )
        for number, (name, values) in enumerate(said, start=1)
    ]


def imported(rows):
    return [Imported(row.number * 10, row.identity, row.fingerprint, row.values) for row in rows]


def plan(earlier, rows):
    return plan_import(imported(earlier), Reading("m", "", rows, []))


def outcomes(planned):
    return [entry.outcome.value for entry in planned.entries]


def test_every_row_is_planned_once_in_the_order_of_the_file():
    earlier = rows_of(("a", {}), ("b", {"unit": "x"}), ("gone", {}))
    rows = [*rows_of(("a", {}), ("b", {"unit": "y"}), ("c", {})), ReadRow(4, [], rejected="No title.")]

    planned = plan(earlier, rows)
    assert outcomes(planned) == ["unchanged", "updated", "created", "rejected"]
    assert [(change.field, change.old, change.new) for change in planned.entries[1].changes] == [
        ("unit", "x", "y")
    ]
    assert [row.identity for row in planned.gone] == ["gone"]


def test_copies_stay_two_pilots_and_a_third_is_new():
    planned = plan(rows_of(("a", {}), ("a", {})), rows_of(("a", {}), ("a", {}), ("a", {})))

    assert outcomes(planned) == ["unchanged", "unchanged", "created"]
    assert [entry.imported.id for entry in planned.entries[:2]] == [10, 20]


def test_among_equal_names_those_that_say_the_same_come_first_then_the_most_alike():
    earlier = rows_of(
        ("a", {"unit": "x", "vendor": "v"}), ("a", {"unit": "y", "vendor": "w"}), ("a", {"unit": "z"})
    )
    rows = rows_of(
        ("a", {"unit": "y", "vendor": "changed"}), ("a", {"unit": "z"}), ("a", {"unit": "x", "vendor": "n"})
    )

    planned = plan(earlier, rows)
    assert [entry.imported.id for entry in planned.entries] == [20, 30, 10]
    assert outcomes(planned) == ["updated", "unchanged", "updated"]


def test_cells_without_a_field_of_ours_make_an_update_without_changes():
    earlier, rows = rows_of(("a", {})), rows_of(("a", {}))
    changed = [ReadRow(1, [], rows[0].values, identity="a", fingerprint="other")]

    entry = plan(earlier, changed).entries[0]
    assert (entry.outcome, entry.changes) == (Outcome.UPDATED, ())


@pytest.mark.parametrize("size", [50, 3_000])
def test_many_rows_of_one_name_are_matched_with_few_comparisons(size, monkeypatch):
    compared = []
    equal_fields = matching._equal_fields
    monkeypatch.setattr(matching, "_equal_fields", lambda *both: compared.append(1) or equal_fields(*both))
    earlier = rows_of(*(("a", {"unit": str(n)}) for n in range(size)))
    rows = rows_of(*(("a", {"unit": str(n + size)}) for n in range(size)))

    assert set(outcomes(plan(earlier, rows))) == {"updated"}
    assert len(compared) <= matching.MAX_COMPARED


def test_rows_in_another_order_are_unchanged():
    said = [("a" if n % 3 else f"b{n}", {"unit": str(n // 2)}) for n in range(200)]
    shuffled = said[:]
    random.Random(7).shuffle(shuffled)

    assert set(outcomes(plan(rows_of(*said), rows_of(*shuffled)))) == {"unchanged"}
