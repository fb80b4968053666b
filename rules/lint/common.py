"""Words that stand in nearly every article of a language: as a rule's word they decide nothing.

Short on purpose. A word of this list would match four articles of ten or more; the merely common ones (war,
people, year) are for the archive to tell.
"""

from rules.words import fold

_WORDS = {
    "en": """a after all also an and any are as at be been but by can could for from had has have he her
        his i if in into is it its more most no not of on one or other out over said she so than that
        the their them there they this to up was we were what when which who will with would you your""",
    "de": """als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen
        einer er es fur hat im in ist mit nach nicht noch nur oder sein sich sie sind so uber um und von
        vor war werden wie wird zu zum zur""",
    "fr": """a au aux avec ce ces cette dans de des du elle en est et ete il ils la le les leur mais ne
        on ont ou par pas plus pour qu que qui sa sans se ses son sont sur un une""",
    "es": """a al como con de del el en entre es esta este ha han la las lo los mas no o para pero por
        que se ser sin sobre son su sus un una y""",
    "it": """a ad al alla anche che con da dal dalla dei del della delle di e gli ha i il in la le lo ma
        nel nella non o per piu si sono su un una""",
    "pt": """a ao aos as com como da das de do dos e em entre foi mais mas na nas no nos o os ou para
        pela pelo por que se sem sua seu um uma""",
    "nl": """aan als bij dat de die door een en er het hij in is maar met naar niet nog of om onder ook
        op over te tot uit van voor was wordt zijn""",
    "pl": """a ale czy dla do i ich jak jest jego na nie o od po przez przy sie sa tak to w z za ze
        ktory""",
    "ru": """а без был было в во все для до его ее если за и из или их к как который на не но о об он
        она они от по при с со так то только у что это""",
    "uk": """а але без був було в від він для до за з і із його й на не по про та так у це що як""",
    "tr": """bir bu da daha de gibi icin ile ise ki olan olarak sonra ve veya""",
    "ar": """ان او اي الى التي الذي الذين ذلك عن على في قد كان لا لم ما مع من هذا هذه هو هي و""",
    "fa": """ان از اين است با براي بر به تا در را كه ما هم و يك""",
    "he": """אל את אך גם הוא היא זה זו כי כל לא לו מן על עם של או""",
}

STOP_WORDS = {language: frozenset(map(fold, words.split())) for language, words in _WORDS.items()}
