"""KPIs, their measurements, and what going on costs and brings."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.scene import Scene
from tests.roles import ANNOTATORS, KEEPERS


def of_kpi(s: Scene):
    return of_pilot(s) | {"pk": s.kpi.pk}


def of_reading(s: Scene):
    return of_kpi(s) | {"reading_pk": s.kpi.measurements.last().pk}


def kpi_body(_: Scene):
    return {
        "name": "Minutes saved",
        "kind": "business",
        "unit": "min",
        "direction": "higher",
        "definition": "Per meeting.",
        "baseline": "0",
        "baseline_on": "2026-01-05",
        "target": "45",
        "target_on": "2026-12-31",
        "cadence_days": "30",
    }


def outlook_body(_: Scene):
    return {
        "cost_to_go": "120000",
        "value_to_go": "400000",
        "horizon_months": "36",
        "spent": "80000",
        "as_of": days_ago(2).isoformat(),
        "basis": "Business case of October.",
    }


def measurement_body(_: Scene):
    return {
        "value": "18.5",
        "measured_at": days_ago(1).isoformat(),
        "sample_size": "400",
        "note": "From the log.",
    }


def reading_corrected(s: Scene):
    return measurement_body(s) | {"reason": "Two digits were swapped."}


def of_note(s: Scene):
    return of_kpi(s) | {"note_pk": s.note.pk}


def note_body(_: Scene):
    return {"on": days_ago(1).isoformat(), "text": "Test set v4."}


def reading_back(_: Scene):
    return {"reason": "It was of another team."}


def of_reading_file(s: Scene):
    return {"pk": s.reading_file.pk}


def readings_file(s: Scene):
    text = f"Pilot,KPI,Date,Value\n{s.pilot.key},{s.kpi.name},{days_ago(3)},18\n"
    return {"file": SimpleUploadedFile("readings.csv", text.encode())}


SENDER = ("programme_manager",)


DOORS = (
    Door("metrics:upload", "get", KEEPERS, hidden=403),
    Door("metrics:upload", "post", KEEPERS, status=302, hidden=403, files=readings_file),
    Door("metrics:upload_template", "get", KEEPERS, hidden=403, is_page=False),
    Door("metrics:upload_pilot", "get", KEEPERS, of_pilot),
    Door("metrics:upload_pilot", "post", KEEPERS, of_pilot, status=302, files=readings_file),
    Door("metrics:upload_kpi", "get", KEEPERS, of_kpi),
    Door("metrics:upload_kpi", "post", KEEPERS, of_kpi, status=302, files=readings_file),
    Door("metrics:upload_file", "get", SENDER, of_reading_file, refused=404),
    Door("metrics:upload_file", "post", SENDER, of_reading_file, status=302, refused=404),
    Door("metrics:upload_errors", "get", SENDER, of_reading_file, refused=404, is_page=False),
    Door("metrics:all_kpis", allowed=SIGNED_IN),
    Door("metrics:kpis", args=of_pilot),
    Door("metrics:outlook", args=of_pilot),
    Door("metrics:outlook", "post", KEEPERS, of_pilot, outlook_body, 302, is_form=True),
    Door("metrics:create", "get", KEEPERS, of_pilot),
    Door("metrics:create", "post", KEEPERS, of_pilot, kpi_body, 302, is_form=True),
    Door("metrics:kpi", args=of_kpi),
    Door("metrics:kpi_csv", args=of_kpi, is_page=False),
    Door("metrics:annotate", "get", ANNOTATORS, of_kpi),
    Door("metrics:annotate", "post", ANNOTATORS, of_kpi, note_body, 302, is_form=True),
    Door("metrics:annotation", "get", ANNOTATORS, of_note),
    Door("metrics:annotation", "post", ANNOTATORS, of_note, note_body, 302, is_form=True),
    Door("metrics:annotation_remove", "post", ANNOTATORS, of_note, status=302),
    Door("metrics:edit", "get", KEEPERS, of_kpi),
    Door("metrics:edit", "post", KEEPERS, of_kpi, kpi_body, 302, is_form=True),
    Door("metrics:archive", "post", KEEPERS, of_kpi, status=302),
    Door("metrics:record", "get", KEEPERS, of_kpi),
    Door("metrics:record", "post", KEEPERS, of_kpi, measurement_body, 302, is_form=True),
    Door("metrics:correct", "get", KEEPERS, of_reading),
    Door("metrics:correct", "post", KEEPERS, of_reading, reading_corrected, 302, is_form=True),
    Door("metrics:take_back", "get", KEEPERS, of_reading),
    Door("metrics:take_back", "post", KEEPERS, of_reading, reading_back, 302, is_form=True),
)
