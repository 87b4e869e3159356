"""A file of readings from the first look to the record."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from metrics.choices import Source
from metrics.kpis.actions import archive_kpi
from metrics.models import Kpi, Measurement, ReadingFile
from metrics.readings.actions import supersede_measurement
from metrics.readings.judging import judge_all
from metrics.uploads.actions import record_file
from metrics.uploads.queries import preview
from pilots.models import Event
from tests.api.world import nothing_written
from tests.builders import days_ago, make_kpi, make_pilot, measure
from tests.metrics.uploads.conftest import workbook

pytestmark = pytest.mark.django_db

DAY = days_ago(3)


def table(*rows, header="Pilot,KPI,Measured,Value,Unit,Sample size,Note") -> str:
    return "\n".join([header, *rows])


def row(kpi, day=DAY, value="12", rest="min,40,By hand") -> str:
    return f"{kpi.pilot.key},{kpi.name},{day},{value},{rest}"


def told(file: ReadingFile) -> tuple:
    found = preview(file)
    return found.new, found.same, [(one.row, one.column) for one in found.conflicts + found.faults]


# --- From the look to the record -------------------------------------------------------------------
def test_nothing_is_written_before_it_is_confirmed_and_twice_changes_nothing(kpi, olga, sent, confirm):
    file = sent(table(row(kpi), row(kpi, days_ago(2), "13.5")))
    assert told(file) == (2, 0, [])
    assert not Measurement.objects.exists()
    assert not Event.objects.filter(type__startswith="metrics.").exists()

    file = confirm(file)

    assert file.result == {"recorded": 2, "same": 0, "conflicting": 0, "wrong": 0, "kpis": [kpi.pk]}
    first = Measurement.objects.earliest("measured_at")
    assert (first.value, timezone.localdate(first.measured_at)) == (12, DAY)
    assert (first.sample_size, first.note, first.source, first.recorded_by) == (
        40,
        "By hand",
        Source.FILE,
        olga,
    )
    kpi.refresh_from_db()
    assert (kpi.latest_value, timezone.localdate(kpi.latest_at)) == (Decimal("13.5"), days_ago(2))
    event = Event.objects.get(type="metrics.measurements_recorded")
    assert (event.data["file"], event.data["recorded"], event.pilot, event.actor) == (
        *("readings.csv", 2),
        *(kpi.pilot, olga),
    )
    again = sent(table(row(kpi), row(kpi, days_ago(2), "13.50")))
    assert told(again) == (0, 2, [])
    confirm(again)
    with nothing_written():
        confirm(file)
    assert (Measurement.objects.count(), Event.objects.filter(type__startswith="metrics.").count()) == (2, 1)


def test_many_kpis_are_judged_as_one_by_one(pilot, olga, sent, confirm):
    kpis = [make_kpi(pilot, f"K{number}", unit="min") for number in range(3)]
    values = [30, 31, 29, 30, 32, 30, 31, 30, 29, 31]
    rows = [row(kpi, days_ago(7 * week + 1), str(v)) for kpi in kpis for week, v in enumerate(values)]

    confirm(sent(table(*rows)))

    stored = list(
        Kpi.objects.filter(unit="min", name__startswith="K").values(
            "latest_value", "at_target_since", "judgement"
        )
    )
    assert all(one["latest_value"] == 30 and one["at_target_since"] for one in stored)
    assert judge_all(Kpi.objects.all()) == 0, "judging again says nothing else"
    assert Event.objects.filter(type="metrics.measurements_recorded").count() == 3


def test_a_file_for_one_kpi_needs_no_column_for_it(kpi, sent, confirm):
    confirm(sent(f"Date;Value\n{DAY};12,5\n", to="upload_kpi"))
    assert Measurement.objects.get().value == Decimal("12.5")


def test_a_workbook_is_read_as_well(kpi, sent, confirm):
    content = workbook(["KPI", "Date", "Value"], [kpi.name, DAY, 12.5], [kpi.name, days_ago(2), 13])
    confirm(sent(content, to="upload_pilot", name="readings.xlsx"))
    assert sorted(Measurement.objects.values_list("value", flat=True)) == [Decimal("12.5"), 13]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_marks_and_other_encodings_are_read(encoding, kpi, sent, confirm):
    text = f"Date;Value;Note\r\n{DAY:%d.%m.%Y};12,5;Für März\r\n"
    confirm(sent(text.encode(encoding), to="upload_kpi"))
    assert Measurement.objects.get().note == "Für März"


# --- What is there already, or conflicts -----------------------------------------------------------
def test_what_was_typed_in_is_not_recorded_again_and_another_value_conflicts(kpi, sent, confirm):
    measure(kpi, 12, on=DAY)
    measure(kpi, 14, on=days_ago(2))

    file = sent(table(row(kpi), row(kpi, days_ago(2), "15"), row(kpi, days_ago(1))))

    assert told(file) == (1, 1, [(3, "Measured")])
    assert preview(file).conflicts[0].sentence == (
        "Another value is already recorded for this time. It is 14 min."
    )
    assert confirm(file).result | {"kpis": 0} == {
        **{"recorded": 1, "same": 1, "conflicting": 1, "wrong": 0, "kpis": 0}
    }
    assert Measurement.objects.count() == 3


def test_rows_that_repeat_each_other_count_once_and_two_values_conflict(kpi, sent):
    file = sent(table(row(kpi), row(kpi), row(kpi, value="14")))
    assert told(file) == (1, 1, [(4, "Measured")])
    assert preview(file).conflicts[0].sentence == "Another value for this time comes before it. It is 12 min."


def test_what_was_superseded_does_not_come_back_with_the_file(kpi, olga, sent, confirm):
    confirm(sent(table(row(kpi))))
    supersede_measurement(
        reading=Measurement.objects.get(), value=Decimal(13), reason="A typo.", by=olga, source=Source.FORM
    )
    assert told(sent(table(row(kpi)))) == (0, 1, [])


# --- Errors by row and column ----------------------------------------------------------------------
WRONG = {
    "NaN": ("{pilot},{kpi},{day},NaN,min,,", "Value", "“NaN” is not a number."),
    "infinity": ("{pilot},{kpi},{day},inf,min,,", "Value", "“inf” is not a number."),
    "huge": ("{pilot},{kpi},{day},1e99,min,,", "Value", "This number is too large to be a measurement."),
    "unit": ("{pilot},{kpi},{day},12,h,,", "Unit", "This KPI is measured in min; h was sent."),
    "unit behind": ("{pilot},{kpi},{day},12 h,,,", "Unit", "This KPI is measured in min; h was sent."),
    "future": ("{pilot},{kpi},2099-01-01,12,min,,", "Measured", "A measurement cannot lie in the future."),
    "formula": (
        "{pilot},{kpi},{day},=1+1,min,,",
        "Value",
        "“=1+1” is a formula. Save the file with its values.",
    ),
    "no KPI": ("{pilot},,{day},12,min,,", "KPI", "Name the KPI."),
    "KPI": (
        *("{pilot},Colour,{day},12,min,,", "KPI"),
        "PIL-001 has no KPI “Colour” that is followed. It has “Handling time”.",
    ),
    "no pilot": (
        *(",{kpi},{day},12,min,,", "KPI"),
        "Say which pilot with its key, such as PIL-014, or give the KPI's id.",
    ),
    "pilot": ("PIL-999,{kpi},{day},12,min,,", "Pilot", "There is no pilot “PIL-999” that you can see."),
    "cells": ("{pilot},{kpi},{day},12", "", "This row has 4 cells where the header has 7."),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_row_is_told_and_the_others_are_recorded(name, kpi, sent, confirm):
    line, column, sentence = WRONG[name]
    wrong = line.format(pilot=kpi.pilot.key, kpi=kpi.name, day=DAY)

    file = sent(table(wrong, row(kpi, days_ago(2))))

    found = preview(file)
    assert [(one.row, one.column, one.sentence) for one in found.faults] == [(2, column, sentence)]
    assert confirm(file).result | {"kpis": 0} == {
        **{"recorded": 1, "same": 0, "conflicting": 0, "wrong": 1, "kpis": 0}
    }


def test_a_formula_of_a_workbook_that_was_never_worked_out_is_an_empty_value(kpi, sent):
    file = sent(workbook(["Date", "Value"], [DAY, "=1+1"], [DAY, 12]), to="upload_kpi")
    assert [(one.row, one.sentence) for one in preview(file).faults] == [(2, "Enter the value.")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty: it holds no text at all."),
        (b"Date,Value\n", "The file has a header (“Date”, “Value”) but no rows below it."),
        (b"%PDF-1.7", "The file is a PDF document, not a table."),
        (b"Date,Colour\n2026-01-01,red\n", "The file has no column “Value”. It has “Date”, “Colour”."),
        (b"Date,Value\n" + b"2026-01-01,1\n" * 10_001, "The file has 10,001 rows; at most 10,000 at once."),
        (b"x" * 5_000_001, "The file is larger than 5 MB. Split it into smaller files."),
    ],
)
def test_what_is_no_table_of_readings_is_refused_at_the_field(content, sentence, send):
    answer = send(content, to="upload_kpi")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ReadingFile.objects.exists()


# --- For whom --------------------------------------------------------------------------------------
def test_a_row_of_somebody_elses_pilot_is_refused_and_of_another_programme_unknown(programme, sent, kpi):
    other = make_kpi(make_pilot(programme), "Theirs", unit="min")
    hidden = make_kpi(make_pilot(), "Hidden", unit="min")

    found = preview(sent(table(row(other), row(hidden), row(kpi), f",{hidden.pk},{DAY},1,min,,")))

    assert [(one.row, one.column) for one in found.faults] == [(2, "Pilot"), (3, "Pilot"), (5, "KPI")]
    assert found.new == 1


def test_a_kpi_may_be_given_by_its_id_and_in_any_spelling(kpi, sent):
    rows = (f",{kpi.pk},{DAY},12,,,", f"{kpi.pilot.key.lower()},HANDLING  time,{days_ago(2)},13,,,")
    assert told(sent(table(*rows))) == (2, 0, [])


def test_a_file_for_one_kpi_or_pilot_takes_no_rows_of_others(kpi, pilot, programme, olga, sent):
    other = make_kpi(pilot, "Other", unit="min")
    elsewhere = make_kpi(make_pilot(programme, owner=olga), "Elsewhere", unit="min")

    found = preview(sent(table(row(other), row(kpi)), to="upload_kpi"))
    assert [(one.row, one.sentence) for one in found.faults] == [
        (2, "The file was sent for “Handling time”; this row is about another KPI.")
    ]
    found = preview(sent(table(row(other), row(elsewhere)), to="upload_pilot"))
    assert [(one.row, one.column) for one in found.faults] == [(3, "Pilot")]


def test_what_changed_since_the_look_is_not_recorded(kpi, pilot, olga, sven, sent):
    lost = sent(table(row(kpi)))
    pilot.owner = sven
    pilot.save()
    found = preview(ReadingFile.objects.get(pk=lost.pk))
    assert (found.new, len(found.faults)) == (0, 1)
    done = record_file(file=ReadingFile.objects.get(pk=lost.pk), by=olga)
    assert (done.result["recorded"], done.result["wrong"]) == (0, 1)
    assert not Measurement.objects.exists()


def test_a_kpi_no_longer_followed_takes_none(kpi, olga, sent, confirm):
    file = sent(table(row(kpi)))
    archive_kpi(kpi=kpi, by=olga)
    assert [one.sentence for one in preview(file).faults] == ["This KPI is no longer followed."]
    assert confirm(file).result["recorded"] == 0


def test_nobody_else_finds_the_file(kpi, sent, client_of, petra):
    file = sent(table(row(kpi)))
    for name in ("upload_file", "upload_errors"):
        assert client_of(petra).get(reverse(f"metrics:{name}", args=[file.pk])).status_code == 404


# --- Pages and files -------------------------------------------------------------------------------
def test_the_page_shows_counts_rows_and_sentences(kpi, sent, client):
    file = sent(table(row(kpi, value="12.25"), row(kpi, days_ago(2), "<b>")))

    text = " ".join(client.get(reverse("metrics:upload_file", args=[file.pk])).content.decode().split())

    assert "Record 1 reading<" in text
    assert "12.25 min" in text
    assert "“&lt;b&gt;” is not a number." in text


def test_all_that_is_not_recorded_comes_as_csv(kpi, sent, client):
    measure(kpi, 14, on=DAY)
    file = sent(table(row(kpi, days_ago(2), "=cmd"), row(kpi)))

    answer = client.get(reverse("metrics:upload_errors", args=[file.pk])).content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(answer)))
    assert [line[:2] for line in rows] == [["Row", "Column"], ["2", "Value"], ["3", "Measured"]]


def test_the_file_to_fill_in_can_be_filled_in_and_sent(kpi, pilot, client, sent):
    make_kpi(pilot, "=Odd", unit="%")
    answer = client.get(reverse("metrics:upload_template"), {"pilot": pilot.key}).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(answer)))
    assert [one["KPI"] for one in rows] == ["'=Odd", "Handling time"]

    filled = io.StringIO()
    writer = csv.DictWriter(filled, fieldnames=rows[0].keys())
    writer.writeheader()
    writer.writerows(one | {"Measured": str(DAY), "Value": "5"} for one in rows)
    assert told(sent(filled.getvalue())) == (2, 0, [])
    assert told(sent(answer)) == (0, 0, []), "and empty it records nothing"


def test_old_files_are_dropped_with_the_next(kpi, sent, on):
    first = sent(table(row(kpi)))
    ReadingFile.objects.update(sent_at=timezone.make_aware(timezone.datetime(2020, 1, 1)))
    sent(table(row(kpi)))
    assert not ReadingFile.objects.filter(pk=first.pk).exists()


def test_many_rows_cost_no_more_queries_than_few(pilot, olga, sent):
    kpis = [make_kpi(pilot, f"K{number}", unit="min") for number in range(20)]

    def queries(days: range) -> tuple[int, int]:
        file = sent(table(*(row(kpi, days_ago(day)) for kpi in kpis for day in days)))
        file = ReadingFile.objects.select_related("by").get(pk=file.pk)
        with CaptureQueriesContext(connection) as looked:
            preview(file)
        with CaptureQueriesContext(connection) as recorded:
            record_file(file=file, by=olga)
        # SQLite takes so few values in a statement that rows need several.
        inserts = ('INSERT INTO "metrics_measurement"', "SAVEPOINT", "RELEASE")
        return len(looked), len([one for one in recorded if not one["sql"].startswith(inserts)])

    queries(range(1, 3))
    few, many = queries(range(3, 5)), queries(range(5, 45))
    assert few == many
    assert few[0] <= 3


def test_a_day_without_time_is_the_same_as_in_the_form(kpi, client, sent):
    body = {"value": "12", "measured_at": DAY.isoformat()}
    client.post(reverse("metrics:record", args=[kpi.pilot.key, kpi.pk]), body)
    assert told(sent(table(row(kpi)))) == (0, 1, [])
    assert Measurement.objects.get().measured_at.date() <= date.today()
