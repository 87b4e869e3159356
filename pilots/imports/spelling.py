"""The same words in different spellings: what is shown to people, and what is compared."""

import re
import unicodedata

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad"
SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u0060\u00b4"
DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
PLAIN = str.maketrans(
    {
        **dict.fromkeys(DASHES, "-"),
        **dict.fromkeys(SINGLE_QUOTES, "'"),
        **dict.fromkeys(DOUBLE_QUOTES, '"'),
    }
    | dict.fromkeys(INVISIBLE, None)
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")
UNHELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # by a workbook, which is XML
EXCEL_ESCAPES = re.compile(r"_x000[dD]_\n?")
QUOTED_LENGTH = 60
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet would work out


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unsafe(text: str) -> str:
    """The text as it was before `safe`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def printable(text: str) -> str:
    """The text without characters that a workbook cannot hold."""
    return UNHELD.sub("", text)


def tidy(text: str) -> str:
    """The text as people want to read it: no control characters, no stray spaces, line breaks kept."""
    text = CONTROLS.sub("", _line_breaks(text))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """The text on one line, for titles and names."""
    return " ".join(CONTROLS.sub("", _line_breaks(text)).split())


def comparable(text: str) -> str:
    """Equal for texts that differ only in case, white space, dashes, quotes or the encoding of these."""
    plain = unicodedata.normalize("NFKC", _line_breaks(text).translate(PLAIN)).translate(PLAIN)
    return " ".join(CONTROLS.sub("", plain).casefold().split())


def words_of(text: str) -> str:
    """Letters and digits only, as words: “In-use ” and “in use” agree; for headers and listed values."""
    return " ".join(re.sub(r"[\W_]+", " ", comparable(text).replace("&", " and ")).split())


def quoted(text: str) -> str:
    """The text in quotation marks and short enough for a sentence."""
    line = one_line(text)
    return f"“{line if len(line) <= QUOTED_LENGTH else line[: QUOTED_LENGTH - 1].rstrip() + '…'}”"


def listed(names: list[str], most: int = 12) -> str:
    """Names for a sentence: “A, B and 3 more”."""
    shown = [quoted(name) for name in names[:most]]
    return ", ".join(shown) + (f" and {len(names) - most} more" if len(names) > most else "")


def _line_breaks(text: str) -> str:
    return EXCEL_ESCAPES.sub("\n", text).replace("\r\n", "\n").replace("\r", "\n")
