"""What must be true of every page, in every look."""

from pathlib import Path

AXE = (Path(__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Both colour schemes and both kinds of screen, in two looks instead of four.
LOOKS = (("light", 1440), ("dark", 390))
BETWEEN = (320, 1024)  # widths at which pages fold otherwise
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def faults(page) -> list[str]:
    """What axe finds in each look, at which widths a page scrolls sideways, what the browser complained about."""
    page.wait_for_load_state()
    # axe measures with inline styles, which the security policy refuses, and tells of late.
    told = [text for text in page.complaints if not text.startswith("Applying inline style")]
    found = [f"complaint: {text}" for text in told]
    page.evaluate(f"{AXE};0")
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += sideways(page, width)
        _show_all(page, width)
        found += [f"{scheme} {width}: {fault}" for fault in violations(page)]
    found += nameless(page)
    for width in BETWEEN:
        found += sideways(page, width)
    page.complaints.clear()
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def _show_all(page, width: int) -> None:
    """Make the window as tall as the page, so that what sticks to its edge covers nothing that can be scrolled."""
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(900, min(tall, 12_000))})


def sideways(page, width: int) -> list[str]:
    """Make the page that wide; a line where it scrolls sideways then."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(TWO_FRAMES)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"scrolls sideways at {width}: {wide} px wide"] if wide > width else []


def nameless(page) -> list[str]:
    """On a phone: names of cells that stand there with nothing behind them."""
    cells = page.locator(".table.stack td[data-label]:empty")
    shown = "cells => cells.filter(cell => cell.checkVisibility()).map(cell => cell.dataset.label)"
    return [f"only a name on a phone: {name}" for name in cells.evaluate_all(shown)]


def violations(page) -> list[str]:
    """One line for each element that breaks a rule."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def report(found: dict[str, list[str]]) -> str:
    """What was found, a line each; blank when nothing was."""
    return "\n".join(f"{where}: {fault}" for where, faults in found.items() for fault in faults)
