"""What must be true of every page, in every look."""

from pathlib import Path

AXE = (Path(__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What another colour scheme or width can change; the rest is asked in two of the four looks.
CHANGING = {"type": "rule", "values": ["color-contrast", "target-size"]}
EVERYTHING = {"type": "tag", "values": RULES}
LOOKS = (
    ("light", 1440, EVERYTHING),
    ("dark", 1440, CHANGING),
    ("light", 390, CHANGING),
    ("dark", 390, EVERYTHING),
)
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDTHS = (320, 390, 1024, 1440)


def faults(page) -> list[str]:
    """What axe finds in four looks, which widths scroll sideways, and what the browser complained about."""
    found = [f"complaint: {text}" for text in page.complaints]
    page.evaluate(f"{AXE};0")
    for scheme, width, rules in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(TWO_FRAMES)
        found += [f"{scheme} {width}: {fault}" for fault in violations(page, rules)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(TWO_FRAMES)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"scrolls sideways at {width}: {wide} px wide")
    page.complaints.clear()  # axe measures with inline styles, which the security policy refuses
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def violations(page, rules=EVERYTHING) -> list[str]:
    """One line for each element that breaks a rule."""
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def report(found: dict[str, list[str]]) -> str:
    """What was found, a line each; blank when nothing was."""
    return "\n".join(f"{where}: {fault}" for where, faults in found.items() for fault in faults)
