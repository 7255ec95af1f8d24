"""The rules of writing, on any words at all."""

import re

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.creatorcore.wire import Order
from services.creatorcore.writing import Earlier, Request, subject, write

PROMPTS = st.text(min_size=1, max_size=400) | st.from_regex(
    r"(Explain|Summarise) these figures: ([a-z]{1,9} [0-9]{1,6}[.][0-9]{2}( EUR| %)?[;,\n] ?){1,6}",
    fullmatch=True,
)
HEADINGS = {
    "story": ["Title:", "Introduction:", "Body:", "Conclusion:"],
    "ad": ["Hook:", "Body:", "Call to action:"],
    "podcast": ["Introduction:", "Main content:", "Conclusion:"],
}


def taken(**fields: str) -> Request:
    """Return the request as the service takes it; what it refuses is no case."""
    try:
        order = Order(**fields)
    except ValidationError:
        reject()
    return Request(order.prompt, order.topic, order.goal, order.type)


def figures(text: str) -> set[str]:
    """Return the runs of digits in a text, of any script."""
    return set(re.findall(r"\d+", text))


@settings(max_examples=150, deadline=None)
@given(PROMPTS, st.text(max_size=200))
def test_no_figure_comes_from_anywhere_but_the_prompt(prompt: str, before: str) -> None:
    """Also not from an earlier text: a reader takes every figure for a fact of this request."""
    text = write(
        taken(prompt=prompt), [Earlier("lamp", f"A lamp of {before} costs 777 and shines for 31 days.")]
    )

    assert figures(text) <= figures(prompt)
    assert text.strip()
    assert subject(prompt).strip()


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80), st.sampled_from(sorted(HEADINGS)))
def test_every_type_has_its_headings_each_on_a_line_of_its_own(topic: str, goal: str, kind: str) -> None:
    """Whatever the words and their script; a parser finds the parts."""
    request = taken(topic=topic, goal=goal, type=kind)
    lines = write(request, []).split("\n")

    assert [line for line in lines if line in HEADINGS[kind]] == HEADINGS[kind]
    assert "\n".join(lines) == write(request, [])


@pytest.mark.parametrize("topic", ["solar lamp", "море и маяк", "東京の夜景", "صوت البحر", "हिन्दी कविता"])
@pytest.mark.parametrize("kind", sorted(HEADINGS))
def test_topic_and_goal_are_named_in_any_script(topic: str, kind: str) -> None:
    """In their own letters."""
    text = write(Request(topic=topic, goal="win hearts", type=kind), [])

    assert topic.casefold() in text.casefold()
    assert "win hearts" in text


def test_a_close_earlier_text_is_quoted() -> None:
    """What an owner made before lives on in what comes after."""
    earlier = Earlier(
        "solar lamp", "Hook:\nA solar lamp remembers every hour of the sun.\n\nBody:\nIt costs 12 coins."
    )

    text = write(Request(topic="solar lamp", goal="sell", type="ad"), [earlier])

    assert "“A solar lamp remembers every hour of the sun”" in text


@pytest.mark.parametrize(
    ("prompt", "parts", "about"),
    [
        ("Please write a short story about a fox who paints", "Title:", "fox"),
        ("Ad for solar lamps", "Call to action:", "solar lamps"),
        ("Create a podcast episode on bees", "Main content:", "bees"),
        ("Write an article about the ad market", None, "ad market"),
    ],
)
def test_a_prompt_gets_the_structure_it_asks_for(prompt: str, parts: str | None, about: str) -> None:
    """A word in the subject is no order."""
    text = write(Request(prompt=prompt), [])

    assert about in subject(prompt)
    assert parts in text if parts else not re.search(r"^[A-Z][a-z ]+:$", text, re.MULTILINE)


def test_each_figure_stays_with_its_label() -> None:
    """Two labels exchanged would be a false statement made of true parts."""
    asked = (
        "Describe these finances in one paragraph: income 4200.00; spending 3100.55; savings rate 26.18 %."
    )

    text = write(Request(prompt=asked), [])

    for label, figure in (("income", "4200.00"), ("spending", "3100.55"), ("savings rate", "26.18 %")):
        at = text.casefold().index(label)
        nearest = re.search(r"\d[\d.]*(?: %)?(?<!\.)", text[at:])
        assert nearest is not None
        assert nearest.group() == figure


def test_figures_in_json_keep_their_digits() -> None:
    """10.50 is not 10.5, and a group's name is no label."""
    text = write(
        Request(prompt='Summarise this report: {"total": 10.50, "by_category": {"rent": "9.10"}}'), []
    )

    assert "10.50" in text
    assert "9.10" in text
    assert "by category" not in text
