"""Regular endings: how a word that no dictionary has, most often a name, is inflected.

An ending is added to the word. Only the ending of the dictionary form itself gives way to another, where a
language has one (Боливия: Боливии); no word is ever cut down to something shorter: Hamas is never Hama.
"""

import re
from functools import cache

from rules.text.words import fold

# Language: (what the word ends with, how many letters of that give way, the endings). The first that fits
# counts. `=` is the last letter once more. Endings are folded: Hungarian and Turkish need no ő, ı, ü.
Endings = tuple[tuple[str, int, str], ...]

_VOWEL = "[aeiouyàáâãäåāăąèéêëēėęěìíîïīįıòóôõöøōőùúûüūůűų]"

ENDINGS: dict[str, Endings] = {
    "ar": (
        ("ة", 1, "ات تان تين"),
        ("ي", 0, "ين ون ة ات"),
        ("[ء-ي]", 0, "ين ون ات ان"),
    ),
    "az": (
        ("[aı]", 0, "nın ya nı da dan lar ların lara larda lardan"),
        ("[ou]", 0, "nun ya nu da dan lar ların"),
        ("[əei]", 0, "nin yə ni də dən lər lərin lərə"),
        ("[öü]", 0, "nün yə nü də dən lər lərin"),
        ("[aı][^aeəıioöuü]+", 0, "ın a ı da dan lar ların lara larda lardan"),
        ("[ou][^aeəıioöuü]+", 0, "un a u da dan lar ların lara"),
        ("[əei][^aeəıioöuü]+", 0, "in ə i də dən lər lərin lərə lərdə lərdən"),
        ("[öü][^aeəıioöuü]+", 0, "ün ə ü də dən lər lərin lərə"),
    ),
    "be": (
        ("(ск|цк)і", 1, "ага аму ім ая ай ую ія іх імі"),
        ("[іы]я", 1, "і ю яй"),
        ("ка", 2, "кі цы ку кай кам камі ках"),
        ("га", 2, "гі зе гу гай"),
        ("ха", 2, "хі се ху хай"),
        ("[жшчрц]а", 1, "ы у ай"),
        ("а", 1, "ы е у ай ою ам амі ах"),
        ("я", 1, "і ю яй е"),
        ("ў", 1, "ва ву вым вам ве вы ваў"),
        ("[ыі]н", 0, "а у ым ам е ы аў"),
        ("[гкх]", 0, "а у ам і аў амі ах"),
        ("ь", 1, "я ю ем і яў"),
        ("й", 1, "я ю ем і яў"),
        ("[жчшрц]", 0, "а у ам ы аў амі ах"),
        ("[бвдзлмнпстф]", 0, "а у ам е ы аў амі ах"),
    ),
    "bg": (
        ("ски", 1, "ия ият а ата о ото ите"),
        ("ия", 1, "ята и ите"),
        ("а", 0, "та"),
        ("я", 0, "та"),
        ("о", 0, "то"),
        ("е", 0, "то та"),
        ("ец", 2, "еца ецът ци ците"),
        ("й", 1, "я ят и ите"),
        ("[гкх]", 0, "а ът"),
        ("[бвгджзклмнпрстфхцчшщ]", 0, "а ът и ите ове овете"),
    ),
    "ca": (
        ("a", 1, "es"),
        ("[eioué]", 0, "s"),
        ("[bcdfgklmnpqrtvwz]", 0, "s"),
        ("s", 0, "os"),
    ),
    "cs": (
        ("ý", 1, "ého ému ým ém á é ou ých ými í"),
        ("i[ae]", 1, "e i u í"),
        ("ka", 2, "ky ce ku kou ko"),
        ("ha", 2, "hy ze hu hou ho"),
        ("cha", 3, "chy še chu chou cho"),
        ("ra", 2, "ry ře ru rou ro"),
        ("a", 1, "y ě e u ou o ovi ům"),
        ("o", 1, "a u em ovi e"),
        ("ek", 2, "ka kovi kem ku ky ků kům"),
        ("ec", 2, "ce covi cem ci ců cům"),
        ("[cčďjňřšťž]", 0, "e i ovi em ů ům ích ův ova"),
        ("r", 0, "a ovi u em e y ů ům ech ové ův ova ovy"),
        ("[bdfghklmnpqstvwxz]", 0, "a ovi u em e ě y ů ům ech i ové ův ova ovy"),
    ),
    "da": (
        ("e", 0, "s n ns t ts r rs rne rnes"),
        (_VOWEL, 0, "s en ens et ets er ers erne"),
        ("[sxz]", 0, "en ens et er erne"),
        ("[b-z]", 0, "s en ens et ets e es er ers ene enes erne ernes"),
    ),
    "de": (
        ("e", 0, "s n r"),
        ("(er|el|en)", 0, "s n"),
        (_VOWEL, 0, "s n"),
        ("[sxzß]", 0, "e es en"),
        ("[b-z]", 0, "s es e en"),
    ),
    "el": (
        ("(ος|ός)", 2, "ου ο ε οι ων ους"),
        ("(ης|ής|ας|άς)", 1, ""),
        ("(α|ά|η|ή)", 0, "ς"),
        ("(ο|ό)", 1, "ου α ων"),
        ("(ι|ί)", 0, "ου α ων"),
    ),
    "en": (("(s|x|z|ch|sh)", 0, "es"), ("[a-z]", 0, "s")),
    "eo": (("[oa]", 0, "n j jn"),),
    "es": (
        ("z", 1, "ces"),
        ("[aeiouáéó]", 0, "s"),
        ("[bcdfgjklmnprtvwyíú]", 0, "es s"),
        ("[áéíóú]s", 0, "es"),
    ),
    "et": (
        (_VOWEL, 0, "t s st le l lt ks ga ni na ta d de te"),
        ("[b-zšž]", 0, "i it is isse ist ile il ilt iks iga ini ina ita id ide ite"),
    ),
    "fa": (
        ("ه", 1, "هها ههای ههایی هی گان گانی"),
        ("ا|و", 0, "ها های هایی یی ی یان"),
        ("[ء-ی]", 0, "ها های هایی ی ان ات ین"),
    ),
    "fi": (
        ("nen", 3, "sen sta sena seen sessa sesta sella selle selta seksi set sten sia"),
        ("[aä]", 0, "n a ta an ssa sta lla lle lta na ksi t"),
        ("e", 0, "n a ta en ssa sta lla lle lta na ksi t ita"),
        ("i", 0, "n a ta in ssa sta lla lle lta na ksi t en"),
        ("o", 0, "n a ta on ssa sta lla lle lta na ksi t jen ja"),
        ("u", 0, "n a ta un ssa sta lla lle lta na ksi t jen ja"),
        ("[yö]", 0, "n a ta yn on ssa sta lla lle lta na ksi t jen ja"),
        ("us", 1, "ksen sta ksessa ksesta kselle ksella kselta kseen"),
        ("[b-z]", 0, "in ia iin issa ista illa ille ilta ina iksi it ien ia"),
    ),
    "fr": (
        ("eau|eu", 0, "x s"),
        ("al", 1, "ux ls"),
        ("[a-rt-wyéèê]", 0, "s"),
    ),
    "gl": (
        ("z", 1, "ces"),
        (_VOWEL, 0, "s"),
        ("n", 0, "s"),
        ("[dlr]", 0, "es"),
    ),
    "hbs": (
        ("[sčcšđ]ki", 1, "og oga om omu im a e u o ih ima"),
        ("ija", 1, "e i u om"),
        ("a", 1, "e i u om o ama"),
        ("o", 1, "a u om e"),
        ("(ac|ec)", 2, "ca cu cem ci aca cima"),
        ("i", 0, "ja ju jem jev jeva"),
        ("[čćšžđjc]", 0, "a u em i e ima ev eva eve"),
        ("[bdfghklmnpqrstvwxz]", 0, "a u om e i ima ov ova ove ovi ovu"),
    ),
    "he": (
        ("ה", 1, "ות ת תו תה תם תן תנו ותיו ותיה ותיהם ותינו"),
        ("ות", 1, "יות יותיו"),
        ("ת", 0, "ים ות ו ה ם ן נו"),
        ("י", 0, "ת ים ות"),
        ("ם", 1, "מים מות מי מו מה מם מן מנו מיו מיה מיהם"),
        ("ן", 1, "נים נות ני נו נה נם נן ניו ניה ניהם"),
        ("ף", 1, "פים פות פי פו פה פם פיו פיה פיהם"),
        ("ץ", 1, "צים צות צי צו צה צם ציו ציה ציהם"),
        ("ך", 1, "כים כות כי כו כה כם כיו כיה כיהם"),
        ("[א-ת]", 0, "ים ות י ו ה ם ן נו יו יה יהם ינו"),
    ),
    "hi": (
        ("ा", 1, "े ों"),
        ("ी", 1, "ियों ियाँ ियां"),
        ("[ऀ-ॿ]", 0, "ों ें ो"),
    ),
    "hu": (
        (
            f"[aáoóuú]([^aáoóuúeéiíöőüű]*[ií])?{_VOWEL}",
            0,
            "t nak val ban bol ba rol n ra tol nal hoz ig ert kent k ja",
        ),
        ("[aáoóuú]", 0, "t nak val ban bol ba rol n ra tol nal hoz ig ert kent k ja"),
        ("[eéiíöőüű]", 0, "t nek vel ben bol be rol n re tol nel hez hoz ig ert kent k je"),
        (
            "[aáoóuú][^aáoóuúeéöőüű]*",
            0,
            "t ot at nak =al ban bol ba rol on ra tol nal hoz ig ert kent ok ak okat a ja",
        ),
        ("[a-z]", 0, "t et ot nek =el ben bol be rol en on re tol nel hez hoz ig ert kent ek ok eket e je"),
    ),
    "hy": (
        ("ա|ու|ո", 0, "ն յի յից յով յում ներ"),
        ("ի", 1, "իի իին իից իով իում իներ ին"),
        ("[ա-ֆ]", 0, "ը ն ի ին ից ով ում ներ ները ների եր երը երի"),
    ),
    "id": (("[a-z]", 0, "nya lah kah"),),
    "is": (
        ("ur", 2, "i s inn inum sins ar um a"),
        ("i", 1, "a inn ann anum ans ar um"),
        ("a", 1, "u una unni unnar ur um"),
        (_VOWEL, 0, "s"),
        ("[b-zðþ]", 0, "s i inn inum sins ið inu ar um a in unum"),
    ),
    "it": (
        ("[cg]o", 1, "hi i"),
        ("o", 1, "i"),
        ("[cg]a", 1, "he"),
        ("a", 1, "e i"),
        ("e", 1, "i"),
    ),
    "ka": (
        ("ი", 1, "ის მა ს ით ად ო ისთვის ისგან ში ზე თან დან იდან ამდე ები ების ებს ებმა ებით"),
        ("ა|ე", 0, "ს მ თი დ ში ზე სთან დან სთვის სგან მდე ები"),
        ("[ა-ჰ]", 0, "ს მ თი დ ში ზე სთან დან სთვის სგან მდე"),
    ),
    "lt": (
        ("ius", 3, "iaus iui iu iumi iuje iai iu iams ius"),
        ("us", 2, "aus ui u umi uje"),
        ("as", 2, "o ui a u e ai ams us ais uose"),
        ("[iy]s", 2, "io iui i iu yje iai iams ius ies"),
        ("ia", 1, "os ai a oje omis u oms as omis"),
        ("a", 1, "os ai a oje u oms as omis"),
        ("ė", 1, "es ei e eje iu ems emis"),
        ("[b-zčšž]", 0, "o ui a u e as us is io iui iu"),
    ),
    "lv": (
        ("is", 2, "a im i ja jam ju us iem"),
        ("us", 1, "m"),
        ("s", 1, "a am u i ai os iem us"),
        ("š", 0, "a am u i"),
        ("a", 1, "as ai u am"),
        ("e", 1, "es ei i em"),
    ),
    "mk": (
        ("ски", 1, "иот ата а о ото ите"),
        ("[ао]", 0, "та то"),
        ("е", 0, "то"),
        ("[бвгдѓжзѕјклљмнњпрстќфхцчџш]", 0, "от ов он и ите ови овите"),
    ),
    "nb": (
        ("e", 0, "s n ns r ne nes"),
        (_VOWEL, 0, "s en ens er ene et ets"),
        ("[sxz]", 0, "en ens et er ene"),
        ("[b-z]", 0, "s en ens et ets er ers ene enes a"),
    ),
    "nl": (
        ("e", 0, "n s"),
        (_VOWEL, 0, "s en"),
        ("[sxz]", 0, "en"),
        ("[b-z]", 0, "s en"),
    ),
    "pl": (
        ("[kg]i", 1, "iego iemu im a iej ą ie ich imi"),
        ("y", 1, "ego emu ym a ej ą e ych ymi"),
        ("(ia|ja|la)", 1, "i ii ę ą o"),
        ("ka", 2, "ki ce kę ką ko"),
        ("ga", 2, "gi dze gę gą go"),
        ("cha", 3, "chy sze chę chą cho"),
        ("ra", 2, "ry rze rę rą ro"),
        ("sta", 3, "sty ście stę stą sto"),
        ("ta", 2, "ty cie tę tą to"),
        ("da", 2, "dy dzie dę dą do"),
        ("ła", 2, "ły le łę łą"),
        ("a", 1, "y ie ę ą o i"),
        ("o", 1, "a u em ie"),
        ("ek", 2, "ka kowi kiem ku ki ków kom kami kach"),
        ("ec", 2, "ca cowi cem cu cy ców com cami cach"),
        ("[kg]", 0, "a owi iem u i ów om ami ach"),
        ("r", 0, "a owi em ze u y ów owie om ami ach"),
        ("st", 2, "sta stowi stem ście stu sty stów stom stami stach"),
        ("t", 1, "ta towi tem cie tu ty tów tom tami tach"),
        ("d", 1, "da dowi dem dzie du dy dów dom dami dach"),
        ("ł", 1, "ła łowi łem le łu ły łów"),
        ("(cz|sz|rz|ż|c|dz|l|j)", 0, "a owi em u e y i ów om ami ach"),
        ("ś", 1, "sia siowi siem siu"),
        ("ń", 1, "nia niowi niem niu nie"),
        ("[bfhmnpqsvwxz]", 0, "a owi em ie u y ów owie om ami ach"),
    ),
    "pt": (
        ("ão", 2, "ões ães ãos"),
        ("m", 1, "ns"),
        ("l", 1, "is"),
        (_VOWEL, 0, "s"),
        ("n", 0, "s"),
        ("[rz]", 0, "es"),
    ),
    "ro": (
        ("ă", 1, "a ei e ele elor i"),
        ("a", 0, "ua"),
        ("[ei]a", 1, "i e ele elor"),
        ("e", 0, "a i le lui lor"),
        ("[iou]", 0, "l lui ul ului le"),
        ("[b-zșț]", 0, "ul ului i ii ilor e ele elor uri urile"),
    ),
    "ru": (
        ("[гкхц]ий", 2, "ого ому им ом ая ой ую ое ие их ими"),
        ("ый", 2, "ого ому ым ом ая ой ую ое ые ых ыми"),
        ("ой", 1, "я ю ем е"),
        ("ий", 1, "я ю ем и ев ям ями ях"),
        ("й", 1, "я ю ем е и ев ям ями ях"),
        ("ия", 1, "и ю ей ям ями ях"),
        ("ие|ье", 1, "я ю ем и ям ями ях"),
        ("[гкх]а", 1, "и е у ой ою ам ами ах"),
        ("[жчшщц]а", 1, "и ы е у ей ой ам ами ах"),
        ("а", 1, "ы е у ой ою ам ами ах"),
        ("я", 1, "и е ю ей ею ям ями ях"),
        ("ь", 1, "я ю ем е и ью ей ям ями ях"),
        ("ец", 2, "ца цу цем цом це цы цев цов цам цами цах"),
        ("[оеё]в|[иы]н", 0, "а у ым ом е ы ых ыми ой ам ами ах"),
        ("[гкх]", 0, "а у ом е и ов ам ами ах"),
        ("[жчшщ]", 0, "а у ем ом е и ей ам ами ах"),
        ("ц", 0, "а у ем ом е ы ев ов ам ами ах"),
        ("[бвдзлмнпрстф]", 0, "а у ом е ы ов ам ами ах"),
    ),
    "sk": (
        ("ý", 1, "ého ému ým om á ej ú ou é ých ými í"),
        ("ia", 1, "e i u ou ám ách ami"),
        ("a", 1, "y e u ou i"),
        ("o", 1, "a ovi om u e"),
        ("ec", 2, "ca covi com ci cov com"),
        ("[eo]k", 2, "ka kovi kom ku kov"),
        ("[cčďjľňšťž]", 0, "a ovi u om i e ov ova"),
        ("[bdfghklmnpqrstvwxz]", 0, "a ovi u om e i y ov om och ami ova"),
    ),
    "sl": (
        ("ski", 1, "ega emu em im a e o ih imi"),
        ("a", 1, "e i o"),
        ("o", 1, "a u om em"),
        ("ec", 2, "ca cu cem ci cev"),
        ("i", 0, "ja ju jem jev"),
        ("r", 0, "ja ju jem a u om em i ov"),
        ("[cčjšž]", 0, "a u em i ev eva"),
        ("[bdfghklmnpqstvwxz]", 0, "a u om em i ih ov ove ova"),
    ),
    "sq": (
        ("a", 0, "n s"),
        ("[kgh]", 0, "u un ut ë ët ëve"),
        ("i", 0, "a në së u un ut"),
        (_VOWEL, 0, "ja n së t"),
        ("[b-z]", 0, "i in it ë ët ëve e et a"),
    ),
    "sv": (
        ("a", 1, "as an ans or ors orna ornas"),
        ("e", 0, "s n ns r rs rna rnas"),
        (_VOWEL, 0, "s n ns t ts r er erna"),
        ("[sxz]", 0, "en ens et er erna ar arna"),
        ("[b-z]", 0, "s en ens et ets er ers erna ernas ar ars arna arnas"),
    ),
    "tr": (
        ("[aıâ]", 0, "nin ya yi da dan yla lar larin lara lari larda lardan"),
        ("[ou]", 0, "nun ya yu da dan yla lar larin lara lari"),
        ("[ei]", 0, "nin ye yi de den yle ler lerin lere leri lerde lerden"),
        ("[öü]", 0, "nun ye yu de den yle ler lerin lere leri"),
        ("[aıâ][^aeıioöuüâ]+", 0, "in a i da ta dan tan la lar larin lara lari larda lardan"),
        ("[ou][^aeıioöuüâ]+", 0, "un a u da ta dan tan la lar larin lara lari larda lardan"),
        ("[ei][^aeıioöuüâ]+", 0, "in e i de te den ten le ler lerin lere leri lerde lerden"),
        ("[öü][^aeıioöuüâ]+", 0, "un e u de te den ten le ler lerin lere leri lerde lerden"),
    ),
    "uk": (
        ("(ий|ій)", 2, "ого ому им ім а ої ій у ою е і их ими"),
        ("ія", 1, "ї ю єю ям ями ях"),
        ("га", 2, "ги зі гу гою"),
        ("ка", 2, "ки ці ку кою кам ками ках"),
        ("ха", 2, "хи сі ху хою"),
        ("[жчшщ]а", 1, "і у ею ам ами ах"),
        ("а", 1, "и і у ою ам ами ах"),
        ("ння|ття", 1, "ю ям і ями ях"),
        ("я", 1, "і ю ею єю ї ям ями ях"),
        ("ко", 1, "а у ові ом и"),
        ("ець", 3, "ця цю цеві цем ці ців цям цями цях"),
        ("[оеєії]в|[иії]н", 0, "а у ові им ом і и их ими ої ою"),
        ("ь", 1, "я ю еві ем і ей ів ям ями ях"),
        ("й", 1, "я ю єві єм ї їв ям ями ях"),
        ("[гкх]", 0, "а у ові ом и ів ам ами ах"),
        ("[жчшщ]", 0, "а у еві ем і ів ам ами ах"),
        ("[бвдзлмнпрстфц]", 0, "а у ові ом і и ів ам ами ах"),
    ),
}


ENDINGS |= {"nn": ENDINGS["nb"], "ms": ENDINGS["id"]}


def _cyrillic(endings: Endings) -> Endings:
    """Serbian is written in two alphabets, letter by letter the same."""
    return tuple(
        (row.translate(_SERBIAN), given_way, more.translate(_SERBIAN)) for row, given_way, more in endings
    )


_SERBIAN = str.maketrans("abcčćdđefghijklmnoprsštuvzž", "абцчћдђефгхијклмнопрсштувзж")
ENDINGS["hbs"] += _cyrillic(ENDINGS["hbs"])


@cache
def _compiled(language: str) -> tuple[tuple[re.Pattern[str], int, tuple[str, ...]], ...]:
    return tuple(
        (re.compile(f"(?:{ending})$"), given_way, tuple(map(fold, more.split())))
        for ending, given_way, more in ENDINGS.get(language, ())
    )


# Names that look inflected and are not: Hamas is not two of the city Hama, nor a Greek or Latvian nominative.
WHOLE = frozenset(map(fold, ("Hamas", "Abbas", "Arras", "Isis", "Χαμάς", "Αμπάς")))


def regular(word: str, language: str) -> frozenset[str]:
    """The folded forms a word would have if it were inflected regularly."""
    lower = word.lower()
    whole = fold(lower) in WHOLE
    for ending, given_way, more in _compiled(language):
        if len(lower) - given_way >= _SHORTEST and not (given_way and whole) and ending.search(lower):
            stem = fold(lower[: len(lower) - given_way])
            return frozenset(stem + each.replace("=", stem[-1]) for each in more or ("",)) - WHOLE
    return frozenset()


# A stem of one letter has too many neighbours; Om, Ra and Li are names.
_SHORTEST = 2
