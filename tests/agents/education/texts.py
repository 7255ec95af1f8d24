"""Texts to learn from; the English one is that of facts.md §7.5."""

LEAVES = """\
Lesson 1: Light and Leaves
Photosynthesis is the process by which green plants make glucose from carbon dioxide and water. The \
energy comes from sunlight. Chlorophyll is the green pigment that absorbs light, mostly red and \
blue. Chloroplasts are the small structures in the cell that hold the chlorophyll. Stomata are tiny \
pores on the underside of the leaf that let carbon dioxide in and oxygen out.

Lesson 2: Sugar and Starch
Glucose is a simple sugar that the plant uses at once for energy. Cellulose is a chain of glucose \
units that builds the walls of cells. Starch is a store of glucose that the plant keeps in roots and\
 seeds. Phloem is the tissue that carries sugar from the leaves to the rest of the plant. Xylem is \
the tissue that carries water up from the roots.
"""
LEAVES_TERMS = [
    "Photosynthesis",
    "Chlorophyll",
    "Chloroplasts",
    "Stomata",
    "Glucose",
    "Cellulose",
    "Starch",
    "Phloem",
    "Xylem",
]
LIGHTHOUSE = (
    "The lighthouse at Orrin Bay was built in 1874. Its lamp can be seen from 31 kilometres away. "
    "The keeper climbs 212 steps every evening. In a storm the keeper lights the lamp early. "
    "A second lighthouse stands 48 kilometres to the north."
)
OTHER_SCRIPTS = {
    "ru": (
        "Фотосинтез — это процесс, при котором растения создают глюкозу из углекислого газа и воды. "
        "Хлорофилл — зелёный пигмент, который поглощает свет. Энергия поступает от солнечного света. "
        "Глюкоза является простым сахаром, который растение использует сразу."
    ),
    "hi": (
        "प्रकाश संश्लेषण वह प्रक्रिया है जिसके द्वारा हरे पौधे ग्लूकोज बनाते हैं। "
        "क्लोरोफिल एक हरा वर्णक है जो प्रकाश को अवशोषित करता है। "
        "ऊर्जा सूर्य के प्रकाश से आती है। ग्लूकोज एक सरल शर्करा है।"
    ),
    "zh": (
        "光合作用是绿色植物利用阳光制造葡萄糖的过程。能量来自太阳的光线。叶绿素是吸收光线的绿色色素。"
        "葡萄糖是植物立即使用的一种糖！植物需要水和二氧化碳吗？"
    ),
    "ja": (
        "光合成とは、植物が光を使って糖をつくる過程である。クロロフィルは光を吸収する緑色の色素です。"
        "エネルギーは太陽の光から来る。グルコースは植物がすぐに使う糖である。"
    ),
    "ar": (
        "التمثيل الضوئي هو العملية التي تصنع بها النباتات الغلوكوز من الماء. "
        "الكلوروفيل هو الصبغة الخضراء التي تمتص الضوء. هل تأتي الطاقة كلها من ضوء الشمس؟ "
        "الغلوكوز هو سكر بسيط تستخدمه النباتات فورا."
    ),
    "ko": (
        "광합성은 식물이 빛을 이용해 포도당을 만드는 과정이다. 엽록소는 빛을 흡수하는 녹색 색소이다. "
        "에너지는 밝은 햇빛에서 온다. 포도당은 식물이 바로 쓰는 단순한 당이다."
    ),
    "de": (
        "Die Photosynthese ist der Vorgang, bei dem Pflanzen Zucker bilden. "
        "Chlorophyll ist ein grüner Farbstoff, der Licht aufnimmt. Die Energie kommt von der Sonne. "
        "Stärke ist ein Vorrat aus Zucker."
    ),
}
