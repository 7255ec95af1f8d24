"""Words of a question or a category, and when two of them are the same."""

import re
import unicodedata

# A year and month stay one word; anything else is letters, marks and digits.
_WORD = re.compile(r"\d{4}-\d{2}(?!\d)|[^\W_]+", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s\b")


def words(text: str) -> list[str]:
    """Return the words in lower case, without punctuation and without a possessive s."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return _WORD.findall(_POSSESSIVE.sub("", folded))


def same_word(one: str, other: str) -> bool:
    """Tell whether two words are one, be it in singular and plural."""
    return one == other or bool(singulars(one) & singulars(other))


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts have the same words, in the same order."""
    first, second = words(one), words(other)
    if not first or not second:
        # Names of signs alone have no words to compare.
        return one.casefold() == other.casefold()
    return len(first) == len(second) and all(map(same_word, first, second))


def singulars(word: str) -> set[str]:
    """Return the word, and what it may be the plural of."""
    found = {word}
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
        if word.endswith("es"):
            found.add(word[:-2])
        if word.endswith("ies"):
            found.add(f"{word[:-3]}y")
    return found
