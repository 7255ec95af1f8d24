"""What must hold for any input, as properties of the files without I/O."""

import contextlib
import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.education.definitions import definitions
from agents.education.kept import KeptEvent, KeptPath, KeptTopic
from agents.education.lesson import TextTooShort, lesson
from agents.education.mastery import mastery, percent, streak
from agents.education.material import taken_apart
from agents.education.ordering import Cycle, needed, ordered
from agents.education.planning import plan
from agents.education.questions import is_right, questions
from agents.education.sentences import sentences
from agents.education.standing import standing
from agents.education.wording import wording
from agents.education.words import comparable
from core_integrator.testing import ScriptedClock
from tests.agents.education.texts import LEAVES, LEAVES_TERMS

# A busy machine is no defect.
UNHURRIED = settings(deadline=None)
ENGLISH = wording("en")
NOUNS = ["amber", "basalt", "copper", "dolomite", "estuary", "feldspar", "granite", "harbour", "isotope"]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Return topics in any given order, each needing some that stand before it in another order."""
    count = draw(st.integers(1, 12))
    order = draw(st.permutations([f"t{n}" for n in range(count)]))
    needs = {
        topic: draw(st.lists(st.sampled_from(order[:place]), unique=True, max_size=4)) if place else []
        for place, topic in enumerate(order)
    }
    return {topic: needs[topic] for topic in draw(st.permutations(order))}


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a text that defines, counts and repeats."""
    nouns = draw(st.lists(st.sampled_from(NOUNS), min_size=2, unique=True))
    told = [
        draw(
            st.sampled_from(
                [
                    f"{noun.title()} is a {other} that keeps {draw(st.integers(0, 9))} {noun} layers apart.",
                    f"The {other} near the {noun} weighs {draw(st.integers(10, 999))} tons in winter.",
                    f"Most {noun} comes from the {other}, and some of it is sold.",
                ]
            )
        )
        for noun, other in zip(nouns, nouns[1:] + nouns[:1], strict=True)
    ]
    return " ".join(told)


def topics_of(graph: dict[str, list[str]]) -> list[KeptTopic]:
    """Return the graph's topics."""
    return [KeptTopic(id=t, title=t, prerequisites=needs, minutes=7) for t, needs in graph.items()]


@UNHURRIED
@given(graphs(), st.data())
def test_a_path_never_visits_a_topic_before_its_prerequisites(
    graph: dict[str, list[str]], data: st.DataObject
) -> None:
    """Each step's prerequisites are known or come before; nothing is there that the goal does not need."""
    goal = data.draw(st.sampled_from(list(graph)))
    known = data.draw(st.lists(st.sampled_from(list(graph)), unique=True))

    steps, skipped = plan(topics_of(graph), goal, known)

    done = set(known)
    for step in steps:
        assert set(graph[step.id]) <= done
        assert step.id not in done
        done.add(step.id)
    needed_by_steps = {goal} | {need for step in steps for need in graph[step.id]}
    assert {step.id for step in steps} <= needed_by_steps
    assert set(skipped) == needed_by_steps & set(known)
    assert goal in done


@UNHURRIED
@given(graphs())
def test_of_open_topics_the_first_given_comes_next(graph: dict[str, list[str]]) -> None:
    """The order is the given one as far as prerequisites allow: greedy, computed here anew."""
    done: list[str] = []
    while len(done) < len(graph):
        done.append(next(t for t, needs in graph.items() if t not in done and set(needs) <= set(done)))

    assert ordered(graph) == done


@UNHURRIED
@given(graphs(), st.data())
def test_a_ring_is_always_found_and_named(graph: dict[str, list[str]], data: st.DataObject) -> None:
    """Whatever hangs on it: the named topics need each other, one after the other."""
    last = ordered(graph)[-1]
    first = data.draw(st.sampled_from(sorted(needed(last, graph, ()))))
    ringed = {**graph, first: [*graph[first], last]}

    with pytest.raises(Cycle) as caught:
        ordered(ringed)

    ring = caught.value.topics
    assert ring[0] == ring[-1]
    for one, other in pairwise(ring):
        assert one in ringed[other]


@UNHURRIED
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_percent_is_never_beyond_a_hundred(one: int, other: int) -> None:
    """One decimal, halves up, 100 only when all is done."""
    done, total = sorted((one, other))

    shown = percent(done, total)

    assert 0 <= shown <= 100
    assert total == 0 or math.isclose(shown, 100 * done / total, abs_tol=0.05 + 1e-9)
    assert (shown == 100) == (done == total)


@UNHURRIED
@given(graphs(), st.data())
def test_whatever_is_reported_the_percentage_only_counts_steps(
    graph: dict[str, list[str]], data: st.DataObject
) -> None:
    """Repeated completions and those of topics that are no steps any more never lead beyond 100."""
    clock = ScriptedClock()
    steps, skipped = plan(topics_of(graph), next(iter(graph)), [])
    path = KeptPath(
        path_id="p", goal="g", steps=steps, skipped=skipped, topics_id="t", planned_at=clock.now()
    )
    reported = data.draw(st.lists(st.sampled_from(list(graph)), max_size=30))
    events = [KeptEvent(at=clock.now(), path_id="p", topic_id=t, event="complete") for t in reported]

    stands = standing(path, events, clock.now())

    done = {step.id for step in steps} & set(reported)
    assert stands.percent == percent(len(done), len(steps)) <= 100
    assert set(stands.completed) == done
    assert (stands.next is None) == (done == {step.id for step in steps})


@UNHURRIED
@given(st.lists(st.floats(0, 1), min_size=1))
def test_mastery_lies_between_the_scores_and_nearest_to_the_newest(scores: list[float]) -> None:
    """It is the average that weighs each score by 0.6 of what the later ones leave."""
    weights = [0.4 ** (len(scores) - 1 - place) * (0.6 if place else 1) for place in range(len(scores))]

    measured = mastery(scores)

    assert measured is not None
    assert math.isclose(math.fsum(weights), 1)
    expected = math.fsum(weight * score for weight, score in zip(weights, scores, strict=True))
    assert math.isclose(measured, expected, abs_tol=5.1e-5)
    assert mastery([]) is None


@UNHURRIED
@given(st.sets(st.integers(0, 12)))
def test_a_streak_ends_at_the_first_day_without_an_event(ago: set[int]) -> None:
    """It is counted back from today, or from yesterday when today has none yet."""
    today = date(2026, 3, 2)

    length = streak({today - timedelta(days=n) for n in ago}, today)

    start = 0 if 0 in ago else 1
    assert all(start + n in ago for n in range(length))
    assert start + length not in ago


@UNHURRIED
@given(texts(), st.text(max_size=5))
def test_a_distractor_never_equals_the_answer_and_comes_from_the_text(text: str, seed: str) -> None:
    """Of several options exactly one is right, by text, index and letter."""
    for question in questions(taken_apart(text), 20, seed, ENGLISH):
        right = [option for option in question.options if is_right(question, option)]
        assert right == ([question.answer] if question.options else [])
        assert all(option.casefold() in text.casefold() for option in question.options)
        assert len({comparable(option) for option in question.options}) == len(question.options)
        assert is_right(question, question.answer.upper())
        for place, option in enumerate(question.options):
            assert is_right(question, place) == (option == question.answer)
        assert question.explanation in text


@UNHURRIED
@given(st.text(max_size=400))
def test_sentences_are_verbatim_and_in_order(text: str) -> None:
    """Whatever the text: each sentence is found in it after the one before, and no letter is lost."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    place = 0
    for sentence in sentences(text):
        place = plain.index(sentence, place) + len(sentence)


@UNHURRIED
@given(st.text(max_size=300), st.sampled_from(["beginner", "intermediate", "advanced"]))
def test_any_text_gives_a_lesson_or_a_reason(text: str, level) -> None:
    """Nothing else is ever raised, and a lesson has the promised sizes."""
    made = None
    with contextlib.suppress(TextTooShort):
        made = lesson(taken_apart(text), "topic", level, ENGLISH)

    if made is not None:
        assert 2 <= len(made.objectives) <= 4
        assert 3 <= len(made.key_points) <= 5


def test_all_definitions_of_the_learning_text_are_found() -> None:
    """The nine terms of §7.5, and not the sentence that defines nothing."""
    found = definitions(sentences(LEAVES))

    assert [each.term for each in found] == LEAVES_TERMS
    assert found[0].meaning == (
        "the process by which green plants make glucose from carbon dioxide and water"
    )


def test_a_text_in_markdown_defines_the_same() -> None:
    """Teachers paste what they wrote elsewhere; stars and hashes are no part of a term."""
    text = (
        "# Metals\n\n- **Zinc** is a metal that `coats` iron.\n- __Brass__ is a **mix of zinc and copper**.\n"
    )

    assert [(each.term, each.meaning) for each in definitions(sentences(text))] == [
        ("Zinc", "a metal that coats iron"),
        ("Brass", "a mix of zinc and copper"),
    ]


def test_what_only_points_back_defines_nothing() -> None:
    """A pronoun, a place or half a clause is no term that anybody could be asked to explain."""
    text = (
        "It is a kind of metal. This is the way to go. A good place to begin is the lesson on zinc. "
        "There are the boats that came. The rest is silence, and that is known. He is a man that works."
    )

    assert definitions(sentences(text)) == []


def test_a_point_that_ends_no_sentence_is_known() -> None:
    """Abbreviations, initials, decimals, numbered things and quotations that go on."""
    text = (
        "Dr. J. R. Voss measured 3.5 g of salt, e.g. on p. 7 of the log. It fell by 2.0. "
        '"Stop!" said she. Is vitamin C. missing? 42 boats came… Then none.'
    )

    assert sentences(text) == [
        "Dr. J. R. Voss measured 3.5 g of salt, e.g. on p. 7 of the log.",
        "It fell by 2.0.",
        '"Stop!" said she.',
        "Is vitamin C. missing?",
        "42 boats came…",
        "Then none.",
    ]
