"""Plain texts of a few paragraphs, for a prompt that asks for no type."""

from services.creatorcore.writing.material import Material


def write(words: Material) -> str:
    """Return an opening, a middle that takes up the prompt's details and statements, and an end."""
    return "\n\n".join(filter(None, (_opening(words), _middle(words), _statements(words), _end(words))))


def _opening(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "{Topic} {is} worth a closer look.",
            "Whoever starts with {topic} soon finds more than one way in.",
            "There is more to be said about {topic} than fits into a sentence.",
        ),
        say("In full, the subject is “{full}”."),
        say(
            "This text is written {aim}, and so it keeps to what matters for {topic}.",
            "What follows is meant {aim}.",
        ),
        say(
            "Much depends on {a}, and some of it on {b}.",
            "A good place to begin is {a}; {b} will follow.",
        ),
    )


def _middle(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "Take {a} first.",
            "Consider {a}.",
        ),
        say(
            "Seen from there, {topic} {has} a clear outline, and the way to {b} is short.",
            "It shows what {topic} can mean in practice, and it leads on to {b}.",
            "Without it, little about {topic} would make sense, least of all {b}.",
        ),
        say(
            "Another matter is {c}, and from there {topic} can be questioned anew.",
            "With {c} comes another side of {topic}, and with {d} yet another.",
        ),
        say(
            "An earlier text put it this way: “{borrowed}”. The same thought applies to {topic}.",
            "A line written before fits here as well: “{borrowed}”.",
        ),
    )


def _statements(words: Material) -> str:
    return words.pen.paragraph(*words.statements)


def _end(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "So {topic} {is} best understood through {a} and {b} together.",
            "What remains of {topic}, after all this, is a question: what would {they} be without {a}?",
            "Whoever keeps {a} and {b} in view will not lose sight of {topic}.",
        ),
        say(
            "The next step is to look at {c} for yourself.",
            "The rest is experience, and that begins with {c}.",
        ),
    )
