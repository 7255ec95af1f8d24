"""Words that belong to a language and not to what is said in it, in the languages we have tables for."""

# As long as words with a meaning; what is shorter than four letters never counts as a key word.
_FUNCTION_WORDS = """
about above after again against almost along also although always among another around because been
before behind being below between both cannot could does doing done down during each either else
even ever every from further have having here hers herself himself into itself just less like made
make many might more most much must neither never none nothing often only other otherwise ours over
quite rather said same shall should since some something still such take than that their theirs them
themselves then there therefore these they thing things this those though through thus together
toward under until upon used uses using very want were what when where whether which while whom
whoever whose will with within without would your yours aber alle auch damit dann dass dein denn deren
dessen diese dieser dieses durch eine einem einen einer eines euch haben hatte ihre ihrem ihren
immer kann können mehr mein nach nicht noch oder ohne schon sehr sein seine sich sind über unser
unter viel weil welche wenn werden wird wurde zwischen aunque como cuando desde donde entre ella
ellas ellos esta este esto estos están hasta hacia más muchos mucho para pero porque puede pueden
según sino sobre también tiene tienen todo todos unos alors ainsi aussi avec avoir bien cela ceux
chez comme dans depuis donc dont elle elles encore entre être fait leur leurs mais même notre nous
parce pendant peut plus pour quand sans sont sous tous tout toute très vers votre vous более больше
было были быть весь ведь всего если есть здесь иногда когда которая которого которой которые который
которых между может могут него нибудь очень перед после потому почти себя также такой такие только
тоже того этого этой этом чтобы через
"""
# A sentence that begins so points back at something and names no term of its own.
_POINTERS = """
it this that these those there here he she they we i you one what which who when where why how if
all both each some many most another other such its their his her our my your not but and so then
because es er sie wir ihr dies dieser diese dieses das was wer il elle ce cela ceci ils elles on qui
esto esta este eso ese esa ello él ella ellos questo questa quello isto isso ele ela он она оно они
это этот эта эти тот то там здесь він вона воно вони це هذا هذه ذلك تلك هناك זה זאת यह ये वह वे वो
इस उस 它 他 她 这 那 這 我 你 这里 那里 这些 那些 这就 也 都 不
それ これ あれ 彼 彼女 私 ここ そこ 그것 이것 그 이 저 그는
"""
# A phrase with one of these inside says where or why, and is no term.
NEVER_IN_TERMS = frozenset(
    ["about", "at", "because", "by", "for", "from", "in", "on", "that", "to", "when", "with"]
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
POINTERS = frozenset(_POINTERS.split())
# Chinese signs at which no key word begins or ends.
HAN_FUNCTION_SIGNS = frozenset("的了是在和与及或之其这那等把被从到由为以于很也都就不有会能可而并且")
