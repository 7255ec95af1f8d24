"""Quizzes over HTTP: questions from the text, the key never shown, answers scored here."""

import json

import httpx
import pytest

from tests.agents.education.test_paths import planned, report, result
from tests.agents.education.texts import LEAVES, LEAVES_TERMS, LIGHTHOUSE
from tests.api.calls import core, error_of


def drawn(client: httpx.Client, *, user: str = "ada", **data: object) -> dict:
    """Have a quiz drawn and return it."""
    return result(core(client, "education", "quiz", {"source_text": LEAVES, **data}, user=user))


def answered(client: httpx.Client, quiz: dict, answers: dict, *, user: str = "ada", **headers: str) -> dict:
    """Hand in answers and return the result."""
    listed = [{"question_id": name, "answer": answer} for name, answer in answers.items()]
    data = {"quiz_id": quiz["quiz_id"], "answers": listed}
    return result(core(client, "education", "answer", data, user=user, **headers))


def key_of(client: httpx.Client, quiz: dict, *, user: str = "ada") -> dict[str, str]:
    """Return the right answers, by giving a wrong one: results tell them."""
    given = answered(client, quiz, {quiz["questions"][0]["question_id"]: "nonsense"}, user=user)
    return {each["question_id"]: each["correct_answer"] for each in given["results"]}


def truth(question: dict) -> str:
    """Work out the right option from the source alone, as a reader would."""
    for option in question["options"]:
        asked = question["question"].split(": ", 1)[-1]
        if "____" in asked and asked.replace("____", option) in LEAVES:
            return option
        quoted = question["question"].partition("“")[2].partition("”")[0]
        if quoted and any(
            f"{one} {verb} {other}" in LEAVES
            for verb in ("is", "are")
            for one, other in ((option, quoted), (quoted, option))
        ):
            return option
    raise AssertionError(f"no option is right: {question}")


def test_answers_are_scored_against_the_text(client: httpx.Client) -> None:
    """Who reads the text gets full marks, who picks anything else gets none."""
    quiz = drawn(client, count=20)
    right = {each["question_id"]: truth(each) for each in quiz["questions"]}
    wrong = {
        each["question_id"]: next(o for o in each["options"] if o != right[each["question_id"]])
        for each in quiz["questions"]
    }

    best, worst = answered(client, quiz, right), answered(client, quiz, wrong)

    assert (best["score"], best["correct"], best["total"]) == (1.0, 20, 20)
    assert (worst["score"], worst["correct"], worst["attempt"]) == (0.0, 0, 2)
    assert {each["question_id"]: each["correct_answer"] for each in worst["results"]} == right
    assert all(each["explanation"] in LEAVES for each in best["results"])
    assert best["review_at"] > worst["review_at"]


def test_every_option_stands_in_the_text_and_one_is_right(client: httpx.Client) -> None:
    """Distractors are plausible because the text itself speaks of them, and never another right answer."""
    quiz = drawn(client, count=20, seed=3)
    key = key_of(client, quiz)

    kinds = {each["kind"] for each in quiz["questions"]}
    assert kinds == {"cloze", "multiple_choice"}
    for question in quiz["questions"]:
        options = question["options"]
        folded = [option.casefold() for option in options]
        assert len(options) == 4
        assert len(set(folded)) == 4
        assert folded.count(key[question["question_id"]].casefold()) == 1
        assert all(option in LEAVES for option in options)


def test_the_key_is_not_in_the_quiz_and_not_in_the_history(client: httpx.Client) -> None:
    """Neither before answering nor after; the text itself is not remembered either."""
    asked = core(client, "education", "quiz", {"source_text": LEAVES, "count": 3}, user="secret")
    quiz = result(asked)
    key = key_of(client, quiz, user="secret")

    history = client.get("/get-history", params={"user_id": "secret"}).json()

    assert [set(question) for question in quiz["questions"]] == [
        {"question_id", "question", "options", "kind"}
    ] * 3
    assert [row["intent"] for row in history] == ["answer", "quiz"]
    assert "results" not in history[0]["response"]["result"]
    told = json.dumps(history, ensure_ascii=False)
    for word in ("correct_answer", "explanation", "source_text"):
        assert word not in told
    for question in quiz["questions"]:
        # A gap's sentence would give its key away.
        assert question["question"].replace("____", key[question["question_id"]]) not in (told, asked.text)


def test_a_seed_draws_the_same_quiz_and_none_another(client: httpx.Client) -> None:
    """A class can be given one quiz; a learner alone is not given the same one every time."""
    one, same, other = drawn(client, seed=1), drawn(client, seed=1), drawn(client, seed=2)
    free = [drawn(client)["questions"] for _ in range(3)]

    assert one["questions"] == same["questions"]
    assert one["questions"] != other["questions"]
    assert free[0] != free[1] or free[1] != free[2]
    places = {each["options"].index(truth(each)) for each in drawn(client, count=20)["questions"]}
    assert len(places) > 1


def test_an_option_may_be_named_by_text_index_or_letter(client: httpx.Client) -> None:
    """Case, outer punctuation and the form of Unicode do not matter."""
    quiz = drawn(client, count=4, seed=5)
    places = [each["options"].index(truth(each)) for each in quiz["questions"]]
    ids = [each["question_id"] for each in quiz["questions"]]
    text = truth(quiz["questions"][3])
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text.upper())

    given = answered(
        client,
        quiz,
        {ids[0]: places[0], ids[1]: "ABCD"[places[1]], ids[2]: "abcd"[places[2]], ids[3]: f" {wide}. "},
    )

    assert given["score"] == 1.0


def test_a_gap_without_other_candidates_is_answered_in_words(client: httpx.Client) -> None:
    """A text with a single thing to ask about still makes a question."""
    quiz = result(
        core(client, "education", "quiz", {"source_text": "Ada wrote 24 Straßen names down."}, user="words")
    )
    assert [each["options"] for each in quiz["questions"]] == [[]]

    name = quiz["questions"][0]["question_id"]
    as_text, as_number = (answered(client, quiz, {name: a}, user="words") for a in ("24.", 24))
    wrong = answered(client, quiz, {name: 25}, user="words")

    assert (as_text["score"], as_number["score"], wrong["score"], wrong["attempt"]) == (1.0, 1.0, 0.0, 3)


def test_figures_are_mixed_with_other_figures_of_the_text(client: httpx.Client) -> None:
    """Which of four numbers stood there: only numbers that the text states."""
    quiz = drawn(client, source_text=LIGHTHOUSE, count=20)

    numbers = [each["options"] for each in quiz["questions"] if each["options"][0].isdigit()]
    assert len(numbers) == 4
    assert all(set(options) == {"1874", "31", "212", "48"} for options in numbers)


def test_an_unanswered_question_is_wrong(client: httpx.Client) -> None:
    """Skipping is no way to a full score."""
    quiz = drawn(client, count=4)
    first = quiz["questions"][0]

    given = answered(client, quiz, {first["question_id"]: truth(first)})

    assert (given["correct"], given["total"], given["score"]) == (1, 4, 0.25)
    assert [each["correct"] for each in given["results"]] == [True, False, False, False]


def test_a_repeated_answer_is_one_attempt(client: httpx.Client) -> None:
    """One key, one attempt; without it, each is another."""
    quiz = drawn(client, count=2)
    first = quiz["questions"][0]
    key = {"Idempotency-Key": "attempt-1"}

    attempts = [
        answered(client, quiz, {first["question_id"]: truth(first)}, **headers)["attempt"]
        for headers in (key, key, {})
    ]

    assert attempts == [1, 1, 2]


def test_a_quiz_about_a_step_counts_for_its_mastery(client: httpx.Client) -> None:
    """The score is the step's, by the same average as a reported one; a closed step has no quiz yet."""
    path = planned(client)
    about = {"path_id": path["path_id"], "topic_id": "B"}
    quiz = drawn(client, count=2, **about)
    report(client, path, topic_id="B", event="score", score=0.5)

    given = answered(client, quiz, {each["question_id"]: truth(each) for each in quiz["questions"]})
    stands = result(report(client, path))
    closed = core(client, "education", "quiz", {"source_text": LEAVES, **about, "topic_id": "D"})

    assert stands["mastery"] == {"B": 0.8} == {"B": given["mastery"]}
    assert closed.status_code == 409
    assert error_of(closed)["details"]["missing"] == ["C"]


def test_a_topic_is_asked_about_from_its_newest_lesson(client: httpx.Client) -> None:
    """No text is needed twice, however the topic is spelled; a step finds the lesson on its title."""
    lesson = {"topic": "Fractions", "source_text": LEAVES}
    result(core(client, "education", "generate", lesson, user="lee"))
    path = planned(client, user="lee")

    by_topic = result(core(client, "education", "quiz", {"topic": " fractions "}, user="lee"))
    step = {"path_id": path["path_id"], "topic_id": "B"}
    by_step = result(core(client, "education", "quiz", step, user="lee"))
    stranger = core(client, "education", "quiz", {"topic": "Fractions"}, user="mia")

    assert by_topic["source"] == by_step["source"] == "lesson"
    assert all(truth(each) for each in by_topic["questions"] + by_step["questions"])
    assert stranger.status_code == 503


@pytest.mark.parametrize(
    ("data", "status", "named"),
    [
        ({}, 422, "data.source_text"),
        ({"path_id": "p"}, 422, "data.topic_id"),
        ({"topic_id": "B"}, 422, "data.path_id"),
        ({"path_id": "p", "topic_id": "B", "topic": "x"}, 422, "data.topic"),
        ({"source_text": LEAVES, "count": 0}, 422, "data.count"),
        ({"source_text": LEAVES, "count": 21}, 422, "data.count"),
        ({"source_text": LEAVES, "seed": -1}, 422, "data.seed"),
        ({"source_text": "x" * 200_001}, 422, "data.source_text"),
        ({"source_text": "Nothing."}, 422, "data.source_text"),
        ({"path_id": "path_none", "topic_id": "B"}, 404, None),
    ],
)
def test_a_quiz_about_nothing_is_refused_by_its_field(
    client: httpx.Client, data: dict, status: int, named: str | None
) -> None:
    """The caller reads what to mend."""
    answer = core(client, "education", "quiz", data)

    assert answer.status_code == status
    fields = error_of(answer)["details"].get("fields", [{"path": None}])
    assert fields[0]["path"] == named


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ([], "data.answers"),
        ([{"question_id": "q9", "answer": "x"}], "data.answers.0.question_id"),
        ([{"question_id": "q1", "answer": "x"}] * 2, "data.answers.1.question_id"),
        ([{"question_id": "q1", "answer": 4}], "data.answers.0.answer"),
        ([{"question_id": "q1", "answer": -1}], "data.answers.0.answer"),
        ([{"question_id": "q1", "answer": None}], "data.answers.0.answer"),
        ([{"question_id": "q1", "answer": True}], "data.answers.0.answer"),
        ([{"question_id": "q1"}], "data.answers.0.answer"),
        ("q1", "data.answers"),
    ],
)
def test_answers_that_are_none_are_refused_by_their_field(
    client: httpx.Client, answers: object, named: str
) -> None:
    """Nothing is scored."""
    quiz = drawn(client, count=2)

    answer = core(client, "education", "answer", {"quiz_id": quiz["quiz_id"], "answers": answers})

    assert answer.status_code == 422
    assert error_of(answer)["details"]["fields"][0]["path"].startswith(named)


def test_a_foreign_quiz_is_unknown(client: httpx.Client) -> None:
    """Nobody reads another's key by answering."""
    quiz = drawn(client, count=1)
    data = {"quiz_id": quiz["quiz_id"], "answers": [{"question_id": "q1", "answer": "x"}]}

    foreign = core(client, "education", "answer", data, user="bob")
    unknown = core(client, "education", "answer", {**data, "quiz_id": "quiz_none"}, user="bob")

    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["message"] == unknown.json()["message"]


def test_every_definition_of_the_text_is_asked_about(client: httpx.Client) -> None:
    """Nine terms are defined; nine questions ask about nine sentences before one is asked about twice."""
    quiz = drawn(client, count=9, seed=11)

    given = answered(client, quiz, {quiz["questions"][0]["question_id"]: "x"})

    explained = {each["explanation"].split()[0] for each in given["results"]}
    assert explained <= {*LEAVES_TERMS, "The"}
    assert len({each["explanation"] for each in given["results"]}) == 9
