"""Cuts a text of any script into sentences, each a verbatim piece of the text."""

import re
from collections.abc import Iterator

# Marks that end a sentence only before white space, because they also stand inside numbers and names.
_SPACED_ENDS = ".!?…"
# Marks that end a sentence wherever they stand: Chinese and Japanese, Indic, Arabic and Urdu, Armenian,
# Ethiopic, Burmese, Khmer, Tibetan.
_FREE_ENDS = "。！？｡।॥؟۔։።፧။។།"
_CLOSERS = "\"'”’»)\\]」』）】›"
_END = re.compile(rf"[{_SPACED_ENDS}]+[{_CLOSERS}]*(?=\s|\Z)|[{_FREE_ENDS}]+[{_CLOSERS}]*")
_TERMINATED = re.compile(rf"[{_SPACED_ENDS}{_FREE_ENDS}][{_CLOSERS}]*\Z")
_ABBREVIATIONS = frozenset(
    ["mr", "mrs", "ms", "dr", "prof", "st", "vs", "approx", "ca", "cf", "bzw", "sra", "sr"]
)
_BEFORE_NUMBERS = frozenset(["no", "nr", "fig", "vol", "p", "pp", "ch", "art", "abb", "рис", "стр", "гл"])
_LIST_MARK = re.compile(r"\A[ \t]*(?:[-*•‣–—·]|\(?\d{1,3}[.)])[ \t]+")
_EMPHASIS = re.compile(r"(?:\*\*|__)(?=\w)|(?<=[\w.,;:!?])(?:\*\*|__)|`|(?m:^#{1,6} )")
_BLOCK = re.compile(r"\n[ \t]*\n")
# Lines shorter than this are never taken for lines of a wrapped paragraph.
_NARROWEST_WRAP = 40
_LOOK_BACK = 40


def sentences(text: str) -> list[str]:
    """Return the sentences in their order, headings and list items among them, as they stand in the text."""
    return [
        piece.strip() for unit in _units(text) for piece in _cut(unit) if any(map(str.isalnum, piece.strip()))
    ]


def is_terminated(sentence: str) -> bool:
    """Tell whether a sentence ends with a mark, as headings and list items do not."""
    return _TERMINATED.search(sentence) is not None


def flat(text: str) -> str:
    """Return a text with every run of white space as one space, and without Markdown's signs of emphasis."""
    return " ".join(_EMPHASIS.sub("", text).split())


def _units(text: str) -> Iterator[str]:
    """Yield paragraphs, headings and list items: what a sentence never reaches beyond."""
    for block in _BLOCK.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        width = max(map(len, lines))
        start = 0
        for n in range(1, len(lines) + 1):
            if n == len(lines) or not _runs_on(lines[n - 1], lines[n], width):
                yield _LIST_MARK.sub("", "\n".join(lines[start:n]), count=1)
                start = n


def _runs_on(line: str, following: str, width: int) -> bool:
    """Tell whether a line was broken only because the next word did not fit any more."""
    if width < _NARROWEST_WRAP or _LIST_MARK.match(following):
        return False
    first = following.split(maxsplit=1)
    return bool(first) and len(line.rstrip()) + 1 + len(first[0]) > width


def _cut(unit: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(unit):
        if _ends_sentence(unit, end):
            yield unit[start : end.end()]
            start = end.end()
    yield unit[start:]


def _ends_sentence(unit: str, end: re.Match[str]) -> bool:
    """Tell a full stop from the point of an abbreviation, an initial, or a quotation that goes on."""
    rest = unit[end.end() : end.end() + _LOOK_BACK].lstrip()
    if end.group()[0] in _FREE_ENDS or not rest:
        return True
    if rest[0].islower():
        return False
    return end.group() != "." or not _is_abbreviation(
        unit[max(0, end.start() - _LOOK_BACK) : end.start()], rest
    )


def _is_abbreviation(before: str, rest: str) -> bool:
    words = before.split()
    word = words[-1].lstrip("(\"'“«") if words else ""
    if word.casefold() in _ABBREVIATIONS or "." in word.strip("."):
        return not word[-1:].isdigit()
    if word.casefold() in _BEFORE_NUMBERS:
        return rest[0].isdigit()
    # "J. R. Tolkien", but not "vitamin C."
    return len(word) == 1 and word.isupper() and (len(words) == 1 or words[-2][0].isupper())
