"""An audit document as PDF, A4 upright, from the same parts that its page shows. Needs no browser."""

import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF, FontFace, XPos, YPos

from gates.audit_document.document import Document
from gates.audit_document.parts import Content, moment

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
GREY, LINE, GROUND = (85, 85, 95), (200, 200, 208), (243, 243, 246)
MARGIN = 16  # mm
NAMES = 42  # mm, of a fact's name
MOST_COLUMNS = 6  # beside each other; with more a row is written below itself
BOX = "□"  # for a letter that the fonts do not have; they would leave it out unseen
BOXED = f"{BOX} stands for a letter that this PDF cannot draw. The page of the document shows it."
FITS = 300  # characters: with more in a cell, a row could be taller than a sheet, and is written below itself


class Sheet(FPDF):
    """A4 with the pilot, the fingerprint and the number of the page at the foot of each."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.document = document
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=20)
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_title(document.title)
        self.set_lang("en")
        self.set_creator("Pilotage")
        self.set_creation_date(document.at)
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)

    @property
    def letters(self) -> Collection[int]:
        """The letters that both fonts have."""
        fonts: dict[str, Any] = dict(self.fonts)
        return fonts[FONT.lower()].cmap.keys() & fonts[f"{FONT.lower()}B"].cmap.keys()

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(FONT, size=7)
        self.set_text_color(*GREY)
        stamp = f"{self.document.key}, as of {moment(self.document.at)}. SHA-256 {self.document.digest}"
        self.cell(0, 4, stamp, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.cell(0, 4, f"Page {self.page_no()} of {{nb}}", align="R")

    def write_line(self, text: str, *, size: float = 9, bold: bool = False, grey: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*(GREY if grey else (0, 0, 0)))
        self.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def keep_together(self, height: float) -> None:
        """Begin a new page where less than this is left."""
        if self.will_page_break(height):
            self.add_page()


def pdf_of(document: Document) -> bytes:
    """The whole document, ready to be sent."""
    sheet = Sheet(document)
    sheet.add_page()
    said = {"title": document.title, "subtitle": document.subtitle, "parts": document.parts}
    drawn = _drawn(said, sheet.letters)
    sheet.write_line(drawn["title"], size=16, bold=True)
    sheet.ln(1)
    sheet.write_line(f"{drawn['subtitle']} As of {moment(document.at)}.", grey=True)
    sheet.write_line(f"SHA-256 of what it says: {document.digest}", size=8, grey=True)
    if drawn != said:
        sheet.write_line(BOXED, size=8, grey=True)
    for number, part in enumerate(drawn["parts"], start=1):
        _part(sheet, number, part)
    return bytes(sheet.output())


def _drawn(said: Any, known: Collection[int]) -> Any:
    """The same with a box for each letter that is not known; marks and signs without a width need none."""
    if isinstance(said, str):
        return "".join(one if ord(one) in known or _is_unseen(one) else BOX for one in said)
    if isinstance(said, dict):
        return {name: _drawn(value, known) for name, value in said.items()}
    return [_drawn(one, known) for one in said]


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Mn")


def _part(sheet: Sheet, number: int, part: Content) -> None:
    sheet.keep_together(30)
    sheet.ln(5)
    sheet.start_section(part["title"])
    sheet.write_line(f"{number}  {part['title']}", size=12, bold=True)
    sheet.line(MARGIN, sheet.get_y() + 0.8, sheet.w - MARGIN, sheet.get_y() + 0.8)
    sheet.ln(2.5)
    for block in part["blocks"]:
        _block(sheet, block)
        sheet.ln(1.5)


def _block(sheet: Sheet, block: Content) -> None:
    if "name" in block:
        sheet.keep_together(20)
        sheet.write_line(block["name"], size=9.5, bold=True)
        sheet.ln(1)
    if "facts" in block:
        for name, value in block["facts"]:
            _fact(sheet, name, value)
    elif "rows" not in block:
        sheet.write_line(block["says"], grey=True)
    elif len(block["head"]) > MOST_COLUMNS or any(len(cell) > FITS for row in block["rows"] for cell in row):
        for row in block["rows"]:
            _below_itself(sheet, block["head"], row)
    else:
        _table(sheet, block["head"], block["rows"])


def _fact(sheet: Sheet, name: str, value: str) -> None:
    sheet.keep_together(6)
    sheet.set_font(FONT, size=8.5)
    sheet.set_text_color(*GREY)
    sheet.cell(NAMES, 4.4, name)
    sheet.set_text_color(0, 0, 0)
    left = sheet.l_margin
    sheet.set_left_margin(left + NAMES)
    sheet.multi_cell(0, 4.4, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.set_left_margin(left)
    sheet.set_x(left)
    sheet.ln(0.6)


def _below_itself(sheet: Sheet, head: Sequence[str], row: Sequence[str]) -> None:
    """A row whose cells stand below each other: it may go on over the page."""
    sheet.keep_together(16)
    sheet.write_line(row[0], bold=True)
    for name, value in zip(head[1:], row[1:], strict=True):
        _fact(sheet, name, value or "–")
    sheet.ln(1.5)


def _table(sheet: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.set_font(FONT, size=7.5)
    sheet.set_text_color(0, 0, 0)
    style = FontFace(emphasis="BOLD", fill_color=GROUND)
    widths = [_width([row[at] for row in [head, *rows]]) for at in range(len(head))]
    with sheet.table(
        [head, *rows],
        col_widths=tuple(widths),
        headings_style=style,
        text_align="LEFT",
        line_height=3.8,
        padding=1,
        first_row_as_headings=True,
    ):
        pass


def _width(cells: Sequence[str]) -> int:
    """How wide a column is beside others: by its longest text, within bounds, and no narrower than its words."""
    word = max(len(word) for cell in cells for word in cell.split() or [""])
    return max(min(14, word + 2), min(30, max(len(cell) for cell in cells)), 7)
