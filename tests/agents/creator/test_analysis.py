"""What is measured about a text, against figures worked out by hand."""

import pytest

from agents.creator.overlap import overlap
from agents.creator.readability import readability, syllables
from agents.creator.structure import structure
from agents.creator.tone import tone
from agents.creator.words import sentences

AD = "Hook: Tired of the dark?\n\nBody: The solar lamp shines all night.\n\nCall to action: Order yours."


@pytest.mark.parametrize(
    ("word", "count"), [("lamp", 1), ("solar", 2), ("table", 2), ("made", 1), ("beautiful", 3), ("sky", 1)]
)
def test_syllables_are_groups_of_vowels(word: str, count: int) -> None:
    """A silent e at the end is none."""
    assert syllables(word) == count


def test_reading_ease_is_flesch() -> None:
    """Six words, one sentence, six syllables: 206.835 - 1.015 x 6 - 84.6 x 1."""
    read = readability("The cat sat on the mat.")

    assert (read.words, read.sentences, read.words_a_sentence) == (6, 1, 6)
    assert read.reading_ease == pytest.approx(116.1, abs=0.05)
    assert read.level == "easy"


def test_reading_ease_is_not_invented_for_other_scripts() -> None:
    """The formula was made for English."""
    assert readability("Кот сидел на коврике.").reading_ease is None
    assert readability("猫が座った。").reading_ease is None


def test_a_text_reads_as_long_as_its_words() -> None:
    """238 words are a minute."""
    assert readability("word " * 238).reading_time_s == 60


def test_parts_are_found_by_their_headings() -> None:
    """With the words that stand under them."""
    built = structure(AD)

    assert built.type == "ad"
    assert built.found["hook"] == "Tired of the dark?"
    assert built.missing == []


def test_a_missing_part_is_named() -> None:
    """By the type that was asked for, or the one that fits best."""
    assert structure(AD.replace("Call to action:", "P.S."), "ad").missing == ["call to action"]
    marked = structure("**Hook:** Tired?\n**Body**\nIt shines.")
    assert marked.found == {"hook": "Tired?", "body": "It shines."}
    assert structure("# Introduction\nHello.\n# Conclusion\nBye.").type == "podcast"


@pytest.mark.parametrize("text", ["Just a sentence about bodybuilding.", "Everybody: come here", ""])
def test_words_that_only_look_like_headings_are_none(text: str) -> None:
    """A heading stands at the beginning of a line."""
    assert structure(text).type is None


@pytest.mark.parametrize(
    ("text", "label", "score"),
    [
        ("A great and excellent lamp.", "positive", 1),
        ("A terrible, awful lamp.", "negative", -1),
        ("A lamp.", "neutral", 0),
        ("This lamp is not bad.", "positive", 1),
        ("It is good but poor.", "neutral", 0),
    ],
)
def test_praise_and_blame_are_weighed(text: str, label: str, score: float) -> None:
    """A negation turns a word round."""
    assert (tone(text).label, tone(text).score) == (label, score)


def test_overlap_is_the_share_of_runs_that_were_said_before() -> None:
    """One of two runs of four words stands in the earlier text; the best one is named."""
    found = overlap("the lamp shines all night", {"a": "the lamp shines all day", "b": "nothing like it"})

    assert found is not None
    assert (found.generation_id, found.share) == ("a", 0.5)
    assert overlap("the lamp shines all night", {"b": "nothing like it"}) is None
    assert overlap("too short", {"a": "too short"}) is None


def test_sentences_end_in_every_script() -> None:
    """Full stops of Latin, Chinese, Hindi and Arabic."""
    assert sentences("One. Two!") == ["One.", "Two!"]
    assert len(sentences("一つ。二つ。")) == 2
    assert len(sentences("एक। दो।")) == 2
