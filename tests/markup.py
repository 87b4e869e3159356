"""Reads drawn markup as a browser does, to see what words from people have become in it."""

from html.parser import HTMLParser

# Closes an attribute and a tag, opens a script, adds a handler, and looks as if it were escaped already.
HOSTILE = """"'><script>alert(1)</script>&amp;" onload="alert(2)"""


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.said: list[str] = []  # texts and values of attributes, as they are meant

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.said += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.said.append(data)


def assert_harmless(markup: str) -> None:
    """The hostile words are in it, each time as mere words, and nothing in it runs or styles."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    assert "script" not in reader.tags
    assert not [name for name in reader.attributes if name.startswith("on") or name == "style"]
    said = [words.lower() for words in reader.said if "alert" in words]
    assert said
    assert all(HOSTILE.lower() in words for words in said)
