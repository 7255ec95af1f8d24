"""Words of a text in any script, and the form in which two answers are compared."""

import re
import unicodedata
from functools import cache

# Scripts written without spaces: a run of letters there is a phrase, not a word.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)
# Signs that belong to an answer ("C++", "−5", "20 %") are none of these.
_PUNCTUATION = " .,;:!?…\"'`“”„‘’«»‹›()[]{}。，、；：！？「」『』（）।॥؟،؛۔_"


def words(text: str) -> list[str]:
    """Return the words in their order, as written; accents and vowel signs belong to their letters."""
    return _word().findall(text)


def is_unspaced(text: str) -> bool:
    """Tell whether a text is of a script that sets no spaces between words, such as Chinese."""
    found = _UNSPACED.findall(text)
    return len(found) * 2 > sum(map(str.isalpha, text))


def comparable(text: str) -> str:
    """Return the form in which answers are compared: NFKC, no case, single spaces, no outer punctuation."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split()).strip(_PUNCTUATION)


def size(text: str) -> int:
    """Return the length in words; two characters of an unspaced script count as one."""
    return (len(_UNSPACED.findall(text)) + 1) // 2 if is_unspaced(text) else len(words(text))


def mention(phrase: str) -> re.Pattern[str]:
    """Return a pattern that finds a phrase as whole words, whatever its case and the white space in it."""
    inner = r"\s+".join(map(re.escape, phrase.split()))
    if is_unspaced(phrase):
        return re.compile(inner)
    letter = rf"(?:[^\W_]|[{_marks()}])"
    # Looking behind takes one character: a mark there belongs to a letter before it.
    return re.compile(rf"(?<![^\W_])(?<![{_marks()}]){inner}(?!{letter})", re.IGNORECASE)


@cache
def _word() -> re.Pattern[str]:
    letter = rf"(?:[^\W_]|[{_marks()}\u200c\u200d])"
    return re.compile(rf"[^\W_]{letter}*(?:['’\-‐]{letter}+|[.,]\d+)*")


@cache
def _marks() -> str:
    """Return the combining marks as ranges; at first use, because looking them up takes milliseconds."""
    marks = {code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")}
    starts = sorted(code for code in marks if code - 1 not in marks)
    ends = sorted(code for code in marks if code + 1 not in marks)
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
