"""The documents, held against the program: what they list is what there is, and their links lead somewhere."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.api import router
from config.schedule import BEAT_SCHEDULE
from gates.checks import CHECKS
from gates.choices import Point
from gates.playbooks.schema import parse
from gates.signs.table import SIGNS
from pilots.imports.mapping import COLUMN_FIELDS, TOP, parse_mapping
from tests.config.test_compose import read_by_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def section(page: str, heading: str) -> str:
    """The text below a heading of the second level, up to the next one."""
    found = re.search(
        rf"^## {heading}\n(.*?)(?=^## |\Z)", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no heading “{heading}”"
    return found[1]


def first_column(text: str) -> list[str]:
    """What stands in code type at the beginning of each row of a table."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def yaml_example(page: str) -> str:
    return re.search(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)[1]


def anchors(page: Path) -> set[str]:
    """The names by which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    return [link for link in LINK.findall(FENCE.sub("", page.read_text())) if "://" not in link]


def test_the_table_of_settings_lists_exactly_what_the_settings_read():
    listed = first_column(section("operating.md", "Settings"))

    assert len(listed) == len(set(listed))
    assert set(listed) == read_by_settings()


def test_the_table_of_background_work_lists_exactly_what_the_clock_starts():
    listed = re.findall(r"`(\w+(?:\.\w+)+)`", section("operating.md", "Background work"))

    assert sorted(listed) == sorted(entry["task"] for entry in BEAT_SCHEDULE.values())


def test_the_table_of_commands_lists_ours_and_only_what_there_is():
    table = re.findall(r"^\| (`[^|]+) \|", section("operating.md", "Commands"), re.MULTILINE)
    listed = {words.split()[0] for row in table for words in re.findall(r"`([^`]+)`", row)}
    ours = {name for name, app in get_commands().items() if app in ("config", "pilots", "metrics", "gates")}

    assert ours <= listed <= set(get_commands())


def test_the_table_of_lists_has_each_list_that_can_be_narrowed_and_its_filters():
    rows = re.findall(r"^\| `(.+?/)` \| (.+) \|$", section("api.md", "Read the portfolio"), re.MULTILINE)
    listed = {address: set(re.findall(r"`(\w+)`", words)) for address, words in rows}
    there = {
        str(route.pattern).strip("^$"): set(filters.base_filters)
        for route in router.urls
        if route.callback.actions.get("get") == "list"
        and "?P" not in str(route.pattern)
        and (filters := getattr(route.callback.cls, "filterset_class", None))
    }
    portfolio = there.pop("pilots/")  # told in sentences above the table

    assert {address: filters for address, filters in listed.items() if address in there} == there
    assert [word for word in portfolio if f"`{word}" not in section("api.md", "Read the portfolio")] == []


def test_the_environment_for_production_is_what_the_compose_file_demands():
    written = set(re.findall(r"^ +([A-Z_]+)=", section("operating.md", "Two ways to run it"), re.MULTILINE))
    demanded = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))

    assert written == demanded


def test_the_table_of_checks_is_complete_and_says_the_fix_as_the_checklist_does():
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+?) \|$", section("playbooks.md", "The checks"), re.MULTILINE)

    assert dict(rows) == {name: check.fix.says for name, check in CHECKS.items()}


def test_the_tables_of_warning_signs_are_complete():
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", section("signs.md", "The signs"), re.MULTILINE
    )
    points = re.findall(
        r"^\| (.+?) \| .+ \|$", section("signs.md", "From where on a sign counts"), re.MULTILINE
    )

    assert rows[2:] == [
        (sign.title, str(sign.mode.label), str(sign.since.label), sign.fix.says) for sign in SIGNS.values()
    ]
    assert points[2:] == [str(point.label) for point in Point]


def test_the_example_of_a_playbook_can_be_loaded():
    playbook = parse(yaml_example("playbooks.md"), known_checks=frozenset(CHECKS))

    assert [phase.gate.name for phase in playbook.phases] == ["Value proven", "Benefits review"]


def test_the_example_of_a_mapping_can_be_read():
    mapping = parse_mapping(yaml_example("importing.md"), "steering.yaml")

    assert (mapping.name, mapping.delimiter) == ("steering-list", ";")


def test_every_field_of_a_mapping_is_explained():
    explained = set(re.findall(r"`(\w+)`", section("importing.md", "Mappings")))

    assert {*TOP, *COLUMN_FIELDS} - {"synonyms"} <= explained  # which is of the built-in mapping only


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(document):
    for link in links(document):
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document

        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_file_that_a_page_names_in_code_type_exists(document):
    named = re.findall(r"`((?:config|gates|metrics|pilots|docs|tests)/[\w./-]+)`", document.read_text())

    assert [name for name in named if not (ROOT / name).exists()] == []
