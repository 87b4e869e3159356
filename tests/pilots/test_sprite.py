"""The drawings of the pages: a name that is not in the sprite would draw nothing and say nothing."""

import re

from tests.test_architecture import ROOT, sources

TEXT = "\n".join(path.read_text() for path in [*sources("*.py"), *(ROOT / "templates").rglob("*.html")])
ICONS = set(re.findall(r'id="i-([\w-]+)"', (ROOT / "static/icons/sprite.svg").read_text()))


def test_every_icon_that_a_page_names_is_in_the_sprite():
    named = set(re.findall(r"""icon[ (=]["']([\w-]+)["']""", TEXT))
    places = set(re.findall(r"""_place\(request, "[^"]+", "[^"]+", "([\w-]+)""", TEXT))

    assert "info-circle" in named and "gavel" in places
    assert (named | places) - ICONS == set()
