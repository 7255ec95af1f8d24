"""The tables of English words that the writing leans on."""


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that carry no subject of their own.
STOP_WORDS = _table(
    """
    a about after again all also am an and any are as at be because been before being but by can
    could did do does doing down during each few for from further had has have having he her here
    hers him his how i if in into is it its just me more most my near no nor not of off on once one only
    or other our out over own please same shall she should so some such than that the their them
    then there these they this those through to too under until up us very was we were what when
    where which while who whom why will with without would you your
    """
)
# After these stands what somebody does, not a thing.
BEFORE_VERBS = _table(
    """
    who which that to they he she it we i you can will must may should let
    """
)
# Words by which a text is asked for, not what it is about.
REQUEST_WORDS = _table(
    """
    write tell create compose generate give make draft produce explain describe summarise summarize
    discuss story tale ad advert advertisement podcast episode script article essay text paragraph
    paragraphs lesson poem short long brief word words sentence sentences
    """
)
# A phrase that begins with one of these takes no article.
DETERMINERS = _table(
    """
    a an the my your our his her its their this that these those some any every each no all both
    many few several one how why what when where who whether
    """
)
# Before the first of these ends the noun of a phrase.
PREPOSITIONS = _table(
    """
    about above across after against along among around at before behind below between by during for
    from in into of off on over through to toward towards under until upon who which that whose with
    within without where when
    """
)
# Things that are not counted take no article.
UNCOUNTED = _table(
    """
    advice air art beauty bread business change chemistry cheese chocolate climate coffee cooking
    courage data democracy design economics education electricity energy equipment fashion finance
    food freedom friendship fun furniture gold grammar happiness health history homework honesty
    hope information ink innovation insurance intelligence jazz knowledge language leadership
    learning life light literature logic love luck maths mathematics meat medicine milk money music
    nature news oil paper patience peace philosophy physics poetry politics pollution power privacy
    progress psychology rain research rice safety salt sand science security silence sleep snow
    software space sport success sugar sunlight tea technology time tourism trade traffic training
    travel trust truth water weather wealth wine winter wisdom wood work yoga
    """
)
# A goal that begins with one of these is a deed.
GOAL_VERBS = _table(
    """
    achieve advertise amuse announce answer attract boost bring build calm celebrate change clarify
    collect comfort compare convert convey convince cover create cut debate deepen defend
    demonstrate describe develop discuss drive earn educate empower encourage engage entertain evoke
    excite explain explore find foster fund gain generate get give grow help highlight honour
    improve increase inform inspire introduce invite keep launch learn make market motivate move
    offer open persuade praise present prevent promote protect prove provoke publish pull push raise
    reach recruit reduce relax remember remind save sell share show spark spread start stop
    strengthen support surprise teach tell thank touch train understand urge warn welcome win
    """
)
# A label that begins with one of these is no name.
COMMON_LABELS = _table(
    """
    amount annual average balance budget closing count debt expense expenses fixed gross highest
    income interest largest loan lowest monthly net number opening payment period planned profit
    rate remaining rent revenue saved saving savings smallest spending the total trend yearly
    """
)
# A sentence that begins with one of these tells the writer what to do.
ORDERS = _table(
    """
    write tell create compose generate give make draft produce prepare explain describe summarise
    summarize discuss use keep do don't never only answer mention include limit return please avoid
    add start end be show list let narrate outline introduce report comment interpret ensure note
    """
)
