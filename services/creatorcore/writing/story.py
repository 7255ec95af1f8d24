"""Stories: title, introduction, body, conclusion."""

from services.creatorcore.writing.material import Material
from services.creatorcore.writing.pen import parts


def write(words: Material) -> str:
    """Return a story of somebody who meets the topic."""
    say, paragraph = words.pen.say, words.pen.paragraph
    return parts(
        title=say("{Title}", "{Title} and {name}", "What {name} learned about {bare}", "{Name} and {topic}"),
        introduction=paragraph(
            say(
                "Everyone in town had an opinion about {topic}, and {name} had none.",
                "It was {topic} that changed everything for {name}.",
                "Long before {name} understood {topic}, others had made up their minds about {it}.",
            ),
            say(
                "That ended on a grey morning, when {topic} could no longer be left to others.",
                "People spoke of {a} in the evenings, and nobody mentioned {topic} by day.",
                "One word about {a} was enough, and {topic} filled the whole evening.",
            ),
            say("What was at stake had a longer name: “{full}”."),
        ),
        body="\n\n".join(filter(None, (_search(words), _work(words)))),
        conclusion=paragraph(
            say(
                "In the end {topic} {was} no longer something that only others could talk about.",
                "When it was over, {name} looked at {topic} and saw what had been missing from every rumour.",
                "So {topic} found a place in the town, and {name} found one beside {it}.",
            ),
            say(
                "Nobody had to ask about {a} again: whoever wanted to know went to {name}.",
                "What stayed was {b}, and the evening on which {name} first spoke of {it} aloud.",
            ),
            say(
                "The story of {topic} is still told {aim}.",
                "And whenever {topic} {is} spoken of today, it is {aim}.",
            ),
        ),
    )


def _search(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "At first {name} only listened.",
            "{Name} began by asking around.",
            "So {name} went from door to door.",
        ),
        say(
            "Whoever was asked about {topic} spoke of {a}, and whoever was asked twice spoke of {b}.",
            "About {topic} there were two schools: some swore by {a}, the others would hear only of {b}.",
            "The older people began with {a}, the younger ones with {b}, and {topic} seemed to lie between.",
        ),
        say(
            "“Then I will find out about {topic} myself,” said {name}, and started with {c}.",
            "“Nobody here knows {topic},” said {name} at last. “I will begin with {c}.”",
        ),
        *words.statements[:3],
    )


def _work(words: Material) -> str:
    say = words.pen.say
    return words.pen.paragraph(
        say(
            "It took longer than planned: {c} turned out to be the easy part, and {d} asked for patience.",
            "Days passed in which nothing about {topic} seemed to fit, until {d} did.",
            "There were evenings when {name} would have given up {topic} altogether, were it not for {d}.",
        ),
        say(
            "Somebody remembered an older line, “{borrowed}”, and it helped with {topic} more than advice.",
            "In an old notebook stood the line “{borrowed}”, and {name} read {topic} differently after that.",
        ),
        say(
            "All the while {name} knew what this was for: {aim}.",
            "“It has to be told {aim},” {name} kept saying, “or {topic} will be forgotten by spring.”",
        ),
        *words.statements[3:],
    )
