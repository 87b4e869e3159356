"""What a person edited stays; what nobody edited follows the file."""

import pytest

from pilots.imports.merging import merge


@pytest.mark.parametrize(
    ("last", "new", "current", "taken", "kept"),
    [
        ("a", "a", "edited", {}, {}),
        ("a", "b", "a", {"unit": "b"}, {}),
        ("a", "b", "edited", {}, {"unit": "b"}),
        ("a", "b", "b", {}, {}),
        ("a", "", "a", {"unit": ""}, {}),
        ("", None, "edited", {}, {}),
        (None, "b", "", {"unit": "b"}, {}),
        ("a", "", "edited", {}, {"unit": ""}),
    ],
)
def test_each_side_may_have_changed(last, new, current, taken, kept):
    merged = merge(last={"unit": last}, new={"unit": new}, current={"unit": current})

    assert (merged.take, merged.kept) == (taken, kept)
    assert len(merged.warnings) == len(kept)


def test_the_warning_names_the_field_and_what_the_file_says():
    merged = merge(last={"owner_email": "a"}, new={"owner_email": "b"}, current={"owner_email": "c"})

    assert "owner email" in merged.warnings[0] and "“b”" in merged.warnings[0]


def test_only_fields_that_the_pilot_has_are_written():
    assert merge(last={}, new={"extra": "b"}, current={}).take == {}
