"""The commonest words of a language: which capitals are a name only, which words are no form of another.

GRAMMAR are words that only hold others together. They are never forms of another word: Spanish parar
(to stop) does not stand for para (for), nor French pouvoir (power) for peut (can).
EVERYDAY are words of two to five letters that news also uses as acronyms.
"""

from functools import cache

from rules.text.words import fold


@cache
def grammar(language: str) -> frozenset[str]:
    """Folded; none for languages that are not listed here."""
    return frozenset(map(fold, GRAMMAR.get(language, "").split()))


@cache
def acronyms(language: str) -> frozenset[str]:
    """Folded words of two to five letters that are a name when in capitals, a common word otherwise."""
    common = grammar(language).union(map(fold, EVERYDAY[language].split())) if language in EVERYDAY else ()
    return frozenset(word for word in common if 2 <= len(word) <= 5)


GRAMMAR = {
    "ar": """
في من على إلى عن مع هذا هذه ذلك تلك هؤلاء الذي التي الذين اللاتي ما ماذا لماذا كيف متى أين هو هي هم هن أنا
نحن أنت أنتم أن إن أنه أنها إنه إنها لكن لكنه بل أو أم ثم و ف لا لم لن ليس ليست كان كانت كانوا يكون تكون
سيكون ستكون قد لقد سوف كل بعض غير بين قبل بعد عند عندما حيث حين منذ خلال ضد حول تحت فوق أمام وراء دون حتى إذا
لو لولا كما مثل أي أية أيضا فقط هناك هنا به بها له لها لهم فيه فيها منه منها عليه عليها إليه إليها إياه التى
الى او اى ان انه انها اذا ايضا""",
    "be": """
і й у ў не на што з са ад да па за для пра пры над пад праз без між каля паміж але ці як так яго яе іх ён яна
яно яны я ты мы вы мне мяне табе цябе нам нас вам вас яму ёй ім гэта гэты гэтая гэтыя гэтага той тая тое тыя
таго усё усе ўсе ўсё быў была было былі быць ёсць будзе будуць бы б жа таксама толькі калі каб або дзе хто
які якая якое якія якіх свой сваёй свае ужо яшчэ пасля""",
    "bg": """
и в във на не с със от до за по при над под през без между към че да ще е съм си сме сте са бил била било
били бях беше бяха бъда бъде бъдат има няма може могат аз ти той тя то ние вие те го му й ги им ме ми мен се
свой своя свое свои това този тази тези онзи онова кой коя кое кои който която което които как какъв каква
какво какви където когато защото ако но или а ли само още вече много повече най след преди така тук там""",
    "ca": """
el la els les l un una uns unes de del dels d a al als en amb per pels pel i o ni però que qui què quin quina
com quan on si no ja més molt molta molts tot tota tots totes aquest aquesta aquests aquestes aquell aquella
això allò jo tu ell ella nosaltres vosaltres ells elles em et es se ens us hi ho li lo los meu meva teu teva
seu seva nostre nostra seus seves sobre sota entre fins des sense contra durant segons ésser ser és són era
eren fou va van vam ha han he hem havia haver estat està estar estan pot poder poden deure deu""",
    "cs": """
a i o u v ve k ke s se z ze na do od po pro při před přes pod nad mezi za bez ale nebo ani že aby když
protože jestli jako jak co kdo kde kdy proč který která které kteří kterou kterého kterých kterým já ty on
ona ono my vy oni mě mi mne mu jej ho ji jí jim jich nás nám vás vám ten ta to ti tom toho tomu tím těch
tento tato toto tyto tohoto této těchto můj tvůj svůj svou své svého svých jeho její jejich náš váš být je
jsem jsi jsme jste jsou byl byla bylo byli byly bude budou budeme by bych bychom mít má mám mají měl měla
měli moci může mohou mohl mohla mohli muset musí chtít chce ne už jen ještě také tak více než však což""",
    "da": """
og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham
hun nu over da fra du ud sin dem os op hans hvor eller hvad skal selv her alle vil blev kunne ind når være
dog noget ville jo deres efter ned skulle denne end dette mit også under have dig anden hende mine alt meget
sit sine vor mod disse hvis din nogle hos blive mange ad bliver hendes været kan må måtte før uden mellem ved
blevet burde bør""",
    "de": """
der die das des dem den ein eine einen einem einer eines kein keine keinen keinem keiner keines dieser diese
dieses diesen diesem jener jene jenes jeder jede jedes jeden jedem alle alles allen aller allem manche
mancher solche solcher solchen welche welcher welches welchen ich du er sie es wir ihr mich dich ihn uns euch
mir dir ihm ihnen mein meine meinen meinem meiner meines dein deine deinen deinem deiner sein seine seinen
seinem seiner seines ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer euer eure sich man wer
wen wem wessen was jemand niemand etwas nichts selbst und oder aber denn sondern doch sowie als wie wenn weil
dass daß ob da damit obwohl während bevor nachdem seit bis falls sobald indem an am ans auf aus außer bei
beim durch für gegen hinter in im ins mit nach neben ohne über um unter von vom vor wegen zu zum zur zwischen
trotz ab nicht nie nur noch nun schon sehr so sogar auch dann dort hier hin her jetzt immer wieder mehr etwa
fast ganz gar eben zwar also dabei dadurch dafür dagegen daher danach daran darauf daraus darin darüber darum
davon davor dazu deshalb jedoch bereits erst mal ja nein oft kaum wohl wo warum wann bin bist ist sind seid
war waren warst wäre wären gewesen haben habe hast hat habt hatte hatten hätte hätten gehabt werden werde
wirst wird werdet wurde wurden würde würden worden geworden können kann kannst könnt konnte konnten könnte
könnten müssen muss musst musste mussten müsste sollen soll sollst sollte sollten wollen will willst wollt
wollte wollten dürfen darf durfte dürfte dürften mögen mag möchte möchten""",
    "el": """
ο η το οι τα του της των τον την τους τις ένας μια μία ένα ενός και κι ή είτε αλλά όμως ότι πως που να θα δεν
μη μην σε στο στη στην στον στα στις στους στου στης στων από με για ως σαν αν όταν όπου όπως γιατί επειδή
ενώ πριν μετά χωρίς κατά προς παρά μέχρι έως μεταξύ εγώ εσύ αυτός αυτή αυτό αυτοί αυτές αυτά αυτού αυτής
αυτών αυτόν αυτήν εμείς εσείς μου σου μας σας τι ποιος ποια ποιο οποίος οποία οποίο οποίοι οποίες οποίου
οποίας οποίων κάθε όλα όλοι όλες όλη όλο είμαι είσαι είναι είμαστε ήταν ήμουν έχω έχεις έχει έχουμε έχετε
έχουν είχε είχαν είχα μπορώ μπορεί μπορούν πρέπει θέλω θέλει πολύ πιο ήδη ακόμα ακόμη μόνο επίσης τώρα εδώ
εκεί όχι ναι ούτε""",
    "es": """
el la los las lo un una unos unas al del de a ante bajo con contra desde durante en entre hacia hasta
mediante para por según sin so sobre tras y e o u ni pero sino aunque porque pues que si como cuando donde
mientras quien quienes cual cuales cuyo cuya cuyos cuyas qué quién cuál cómo cuándo dónde yo tú él ella ello
nosotros vosotros ellos ellas usted ustedes me te se nos os le les mi mis tu tus su sus mío mía tuyo suyo
suya suyos nuestro nuestra nuestros nuestras este esta esto estos estas ese esa eso esos esas aquel aquella
aquello aquellos aquellas algo alguien algún alguno alguna algunos algunas nada nadie ningún ninguno ninguna
todo toda todos todas otro otra otros otras cada mismo misma mucho mucha muchos muchas muy más menos tan
tanto ya aún no sí también tampoco solo sólo así aquí ahí allí ahora entonces luego después antes siempre
nunca casi además ser soy eres es somos son era eras eran fui fue fueron fuera fuese sea sean sido siendo
será serán sería serían haber he has ha hemos han había habían hay hubo haya hayan habrá habría habido
hubiera estar estoy está estamos están estaba estaban estuvo estuvieron esté estén tener tengo tiene tenemos
tienen tenía tenían tuvo tuvieron tenga tenido ir voy va vamos van iba iban vaya poder puedo puede podemos
pueden podía podían pudo pudieron podrá podría podrían pueda deber debe deben debía debería hacer hace hacen
hizo haciendo""",
    "et": """
ja on ei et see kui ka oma ta mis kes ning oli või aga siis nii veel ma sa me te nad seda selle sellest need
nende neid tema teda minu mind sinu meie teie üks kõik juba ainult kuid vaid pole ole olla olid olen oleks
olnud saab sai saama pärast enne üle alla peale koos ilma kuni vahel kus kuidas miks millal väga rohkem""",
    "fa": """
و در به از که این آن را با برای تا است بود شد می نمی هم نیز یا اما اگر چون پس باید بر هر همه یک دو ما شما
آنها آن‌ها او من تو ایشان وی خود خویش چه چرا کجا کی چگونه بی بین زیر روی پیش نه نیست هست هستند بودند شده
شده‌است شوند شود خواهد کرده کند کنند دارد دارند داشت داشتند بودن شدن کردن داشتن باشد باشند دیگر فقط حتی هیچ
چند بسیار""",
    "fi": """
ja on ei se että hän oli ovat mutta tai kun niin myös kuin jos joka jotka jonka jota joita jossa mitä mikä
kuka missä miten miksi milloin minä sinä me te he minun sinun hänen meidän teidän heidän minua sinua häntä
meitä heitä tämä tämän tätä tässä nämä nuo tuo ne niitä niiden sen sitä siitä siinä siihen ole olen olet
olemme olivat ollut olisi olla en et emme eivät eikä vaan vain jo vielä kanssa ilman ennen jälkeen yli alle
sekä voi voivat voida pitää täytyy kaikki kaikkien oma hyvin""",
    "fr": """
le la les un une des du de au aux à et ou où ni mais donc or car que qui quoi dont quand comme si lorsque
puisque parce afin tandis en dans par pour sans sur sous vers avec chez entre contre depuis pendant avant
après devant derrière dès jusque selon malgré hors voici voilà je tu il elle on nous vous ils elles me te se
moi toi lui leur leurs eux soi y mon ton son ma ta sa mes tes ses notre votre nos vos ce cet cette ces cela
ça ceci celui celle ceux celles quel quelle quels quelles lequel laquelle lesquels auquel duquel chaque
chacun chacune quelque quelques plusieurs tout toute tous toutes autre autres aucun aucune nul rien même
mêmes tel telle tels telles ne pas plus moins très trop peu beaucoup assez aussi ainsi alors encore déjà
jamais toujours bien ici là non oui puis ensuite être suis es est sommes êtes sont étais était étions étaient
fut furent étant serai sera serons seront serait seraient soit soient avoir ai as a avons avez ont avais
avait avions aviez avaient eut eurent eu ayant aura auront aurait auraient ait aient aller vais va allons
vont allait allaient ira iront pouvoir peux peut pouvons peuvent pouvait pouvaient pu pourra pourront
pourrait pourraient puisse devoir dois doit devons doivent devait devaient dû devra devront devrait devraient
vouloir veux veut veulent voulait voulaient voudrait falloir faut fallait faudra faudrait faire fait font
faisait fera ferait""",
    "ga": """
agus an na ar ag as do go i le ó de faoi thar roimh gan idir chun mar ach nó nach ní níl is ba tá bhí beidh
bíonn sé sí siad mé tú muid sinn sibh a mo bhur seo sin siúd é í iad cé cad conas cén gach""",
    "gl": """
o a os as un unha uns unhas de do da dos das en no na nos nas ao á aos ás con por polo pola para sen sobre
entre ata desde e ou nin pero mais que quen cal como cando onde se non si xa moi máis eu ti el ela nós vós
eles elas me te lle lles meu teu seu súa seus súas este esta isto estes estas ese esa iso aquel todo toda
todos todas outro outra ser é son era eran foi foron haber hai ter ten teñen estar está están poder pode
poden""",
    "he": """
של את על אל עם לא זה זו זאת הוא היא הם הן אני אתה אנחנו אתם כי אם גם או אבל אך רק עוד כל כמו בין לפני אחרי עד
מן מ כדי אשר היה הייתה היו יהיה תהיה יהיו להיות יש אין מה מי איך איפה מתי למה כאשר כבר אותו אותה אותם לו לה
להם בו בה בהם שלו שלה שלהם ממנו אלה אלו שם כאן פה מאוד יותר פחות""",
    "hi": """
का की के को में से पर ने और या एक यह वह ये वे इस उस इन उन है हैं था थे थी थीं हो होना हुआ हुई हुए होगा होगी
होते होता होती कि जो जिस जिन तो भी ही न नहीं मैं हम तुम आप मेरा मेरी हमारा अपना अपनी अपने उनका उनकी उनके उसका
उसकी उसके इसका इसकी इसके क्या क्यों कौन कैसे कब कहाँ जब तब अब यहाँ वहाँ कर करना करने किया गया गई गए जाना रहा
रही रहे रहना सकता सकते सकती लिए साथ बाद पहले तक लेकिन अगर कुछ सब बहुत कोई""",
    "hbs": """
i u na je da se za od su sa s o a do kao ne po ali koji koja koje koju kojeg kojem kojih kojima ili iz ovo
ova ovaj ove taj ta to te ti tog tome tih on ona ono mi vi oni one ja me mene mu njega nje njoj njih njima
nas nam vas vam ga ju im ih svoj svoja svoje svog svojih njegov njen njihov naš vaš moj tvoj biti sam si smo
ste jeste bio bila bilo bili bile bude budu bi bih bismo hteti htjeti će ću ćemo ćete imati ima imaju moći
može mogu mogao mogla trebati treba što šta ko tko gde gdje kada kad kako zašto jer ako dok već još samo više
vrlo pre prije posle poslije nakon bez između prema kod pri nad pod pred nije nisu ni и у на је да се за од
су са с о а до као не по али који која које коју којег којем којих којима или из ово ова овај ове тај та то
те ти тог томе тих он она оно ми ви они оне ја ме мене му њега ње њој њих њима нас нам вас вам га ју им их
свој своја своје свог својих његов њен њихов наш ваш мој твој бити сам си смо сте јесте био била било били
биле буде буду би бих бисмо хтети ће ћу ћемо ћете имати има имају моћи може могу могао могла требати треба
што шта ко где када кад како зашто јер ако док већ још само више врло пре после након без између према код
при над под пред није нису ни""",
    "hu": """
a az és hogy nem is egy ez azt ezt már csak még vagy de ha mint meg ki mi mit aki ami amely amelyek akik ezek
azok ennek annak ebben abban én te ő ti ők engem téged őt minket őket neki nekem nekik van vannak volt voltak
lesz lesznek lenne lett lenni kell kellett lehet lehetett tud való után előtt alatt között mellett felett
által nélkül szerint ellen miatt majd most itt ott így úgy nagyon több minden igen sem se pedig mert azonban
illetve tehát hanem""",
    "id": """
yang dan di ke dari untuk pada dengan ini itu adalah tidak akan juga telah oleh dalam atau karena sebagai
bahwa bisa dapat ada mereka kami kita saya dia ia anda sudah belum lebih saat setelah sebelum seperti para
hanya namun tetapi jika maka agar antara hingga sampai secara bukan masih harus tersebut menjadi""",
    "is": """
og að í á er sem það til við um með en ekki var hann hún ég þú þeir þær þau því frá af eru fyrir upp eða ef
svo eftir þegar hefur hafa hafði höfðu vera verið voru verða verður varð mun munu geta getur þessi þetta þess
þeim þeirra sinn sín sig hér þar nú líka bara mjög allt allir""",
    "it": """
il lo la i gli le un uno una di a da in con su per tra fra del dello della dei degli delle al allo alla ai
agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle col
e ed o od ma però anche né se che chi cui quale quali quanto quanta quanti come quando dove perché mentre
poiché dunque quindi io tu egli lui lei noi voi essi esse loro mi ti si ci vi ne me te sé mio mia miei mie
tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre vostro vostra questo questa questi queste
quello quella quelli quelle quel quei quegli ciò stesso stessa tutto tutta tutti tutte altro altra altri
altre ogni ognuno qualche alcuni alcune nessuno nessuna niente nulla molto molta molti molte più meno poco
troppo tanto tanti non già ancora sempre mai solo così qui qua lì là poi prima dopo ora adesso sì no essere
sono sei è siamo siete era eri erano fu furono sarà saranno sarebbe sarebbero sia siano fosse fossero essendo
avere ho hai ha abbiamo avete hanno aveva avevano ebbe avuto avrà avranno avrebbe avrebbero abbia abbiano
avesse avendo potere può posso possono poteva potrebbe potrà possa dovere deve devono doveva dovrebbe dovrà
volere vuole vogliono voleva vorrebbe fare fa fanno faceva farà stare sta stanno stava andare va vanno verso
contro senza sotto sopra durante presso oltre""",
    "lt": """
ir į iš su bei kad kaip bet ar o ne nuo iki po prie per už apie be tarp pagal prieš dėl jei nes kai kur kas
kuris kuri kurie kurios kurių kurį jis ji jie jos jo jų jam jai jį ją aš tu mes jūs man tau mums jums mano
tavo mūsų jūsų savo tai tas ta tie tos to šis ši šie šios šio šią būti yra buvo bus būtų esu esame turi
turėti turėjo gali galėti galėjo reikia taip pat dar jau tik labai daugiau visi visa visas viskas""",
    "lv": """
un ir no uz ar par kas ka kā bet vai lai arī ne pie pēc līdz bez starp pirms pret zem virs caur ja jo kad kur
kurš kura kuri kuras viņš viņa viņi viņas es tu mēs jūs man tev mums jums mans tavs savs sava savu savas tas
tā tie tās to šis šī šie šīs šo būt bija būs būtu esam esmu nav var varēja varēt jau vēl tikai ļoti vairāk
visi visu viss tāpat""",
    "mk": """
и во на се од да за со е не до по ќе што кој која кое кои како но или а го ја му им ги ме ми те ти си сум сме
сте беа беше биде бидат бил била било биле има имаат нема може можат тој таа тоа тие ние вие јас ова овој
оваа овие оној нив него неа својот своја свои кога каде зошто ако само уште веќе многу повеќе пред над под
меѓу без при низ""",
    "nb": """
og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om vi min mitt ha
hadde hun nå over da ved fra du ut sin dem oss opp kan hans hvor eller hva skal selv her alle vil bli ble
blitt kunne inn når være kom noen noe ville dere deres kun ja etter ned skulle denne for deg si sine sitt mot
å meget hvorfor dette disse uten hvordan ingen din ditt blir samme hvilken hvilke sånn inni mellom vår hver
hvem vors hvis både bare enn fordi før mange også slik vært begge siden dykk dei eg ikkje vere vart vore hjå
må måtte""",
    "nl": """
de het een en of maar want dat die dit deze wie wat welke waar wanneer hoe waarom als dan toen terwijl omdat
hoewel zodat voordat nadat indien ik jij je hij zij ze wij we jullie u mij me jou hem haar ons hen hun mijn
jouw zijn onze uw zich elkaar men iemand niemand iets niets alles alle allen elk elke ieder iedere ander
andere anderen zelf eigen aan af bij binnen boven buiten door in langs met na naar naast om onder op over per
rond sinds te tegen ten ter tot tussen uit van vanaf via volgens voor zonder niet nooit geen wel ook nog al
alleen zo zeer veel meer meest weinig minder erg heel er hier daar nu toch dus echter daarom daarna daarvan
daarmee hierdoor waarbij waarin waarmee waarvan ja nee ben bent is was waren geweest wees heb hebt heeft
hebben had hadden gehad word wordt worden werd werden geworden kan kun kunt kunnen kon konden zal zul zult
zullen zou zouden moet moeten moest moesten mag mogen mocht wil wilt willen wilde wilden gaan ga gaat ging
gingen doen doe doet deed""",
    "pl": """
i a o u w we z ze na do od po pod nad przed przez przy za dla bez między według wśród wobec oraz albo lub czy
ani lecz ale jednak więc bo ponieważ gdyż że żeby aby by jeśli jeżeli gdy kiedy gdzie skąd jak jako niż choć
chociaż co kto kogo komu kim czego czemu czym który która które którzy którego której którym którą których
którymi któremu jaki jaka jakie ja ty on ona ono my wy oni one mnie mi mną ciebie cię ci tobie jego go jemu
mu nim jej ją nią nas nam nami was wam wami ich im nimi nich niego niej się siebie sobie sobą mój moja moje
twój twoja swój swoja swoje swojego swojej swoich swoim nasz nasza nasze wasz ten ta to te tego tej temu tym
tą tych tymi tę tamten tamta tamto taki taka takie takich sam sama samo sami każdy każda każde wszystko
wszyscy wszystkie wszystkich inny inna inne innych żaden nic nikt coś ktoś tak nie już jeszcze tylko też
także bardzo bardziej więcej mniej tu tutaj tam teraz wtedy potem zawsze nigdy być jestem jesteś jest
jesteśmy są był była było byli były będę będzie będą będziemy byłby byłaby mieć mam masz ma mamy macie mają
miał miała miało mieli miały móc mogę może możemy mogą mógł mogła mogli musieć musi muszą chcieć chce chcą
można trzeba należy""",
    "pt": """
o a os as um uma uns umas de do da dos das dum em no na nos nas num numa ao à aos às por pelo pela pelos
pelas para pra com sem sob sobre entre até desde contra perante após ante e ou nem mas porém contudo que quem
qual quais cujo cuja se como quando onde porque pois embora enquanto eu tu ele ela nós vós eles elas você
vocês me te lhe lhes vos mim ti si meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas
este esta isto estes estas esse essa isso esses essas aquele aquela aquilo aqueles aquelas deste desta disto
desse dessa disso neste nesta nisto nesse nessa nisso todo toda todos todas tudo outro outra outros outras
cada mesmo mesma algum alguma alguns algumas nenhum nenhuma nada ninguém alguém algo muito muita muitos
muitas mais menos tão tanto já ainda não sim também só apenas assim aqui ali lá agora então depois antes
sempre nunca ser sou és é somos são era eram fui foi foram fosse seja sejam sido sendo será serão seria
seriam haver há houve havia haja estar estou está estamos estão estava estavam esteve esteja ter tenho tem
temos têm tinha tinham teve tiveram tenha tido terá teria ir vou vai vamos vão ia iam poder posso pode
podemos podem podia pôde poderá poderia poderiam possa dever deve devem devia deveria fazer faz fazem fez
fazendo""",
    "ro": """
și în la de pe cu a al ai ale un o unei unui unor niște din prin pentru că să nu se ce care cine cum când
unde dacă dar sau ori ci deci deoarece fiindcă ca mai după până fără sub peste între lângă contra către
asupra eu tu el ea noi voi ei ele mă te îl îi le ne vă i l mi ți lui lor meu mea mei mele tău ta său sa săi
sale nostru noastră acest această acești aceste acestui acestei acel acea acei acele acesta aceasta acestea
tot toată toți toate alt altă alți alte fiecare fi sunt ești este e suntem sunteți era erau fost va vor vom
ar aș avea am are avem aveți au aveau avut putea poate pot putem puteau trebui trebuie foarte doar încă deja
acum aici acolo așa astfel""",
    "ru": """
и в во на с со к ко о об обо от до из изо у по за для при про над под перед через без между около после
против вместо кроме ради среди согласно не ни но а да или либо что чтобы как когда если хотя потому поэтому
пока пусть ведь же ли бы б то так также тоже только лишь уже ещё еще даже вот вон я ты он она оно мы вы они
меня мне мной тебя тебе тобой его него ему нему им ним нём нем её ее неё нее ей ней нас нам нами вас вам вами
их них ими ними себя себе собой мой моя моё мое мои моего моей моих моим мою твой твоя твои свой своя своё
свое свои своего своей своих своим своими свою наш наша наше наши нашего нашей наших ваш ваша ваши этот эта
это эти этого этой этому этим этих этими эту этом тот та те того той тому тем тех теми ту том такой такая
такое такие такого таких таким который которая которое которые которого которой которому которым которых
которую котором которыми какой какая какое какие кто кого кому кем ком чего чему чем чём весь вся всё все
всего всей всех всем всеми всю сам сама само сами самого самой самый самая самое самые каждый каждая каждое
другой другая другое другие других иной ничто ничего никто никого нечто где куда откуда там тут здесь сейчас
теперь тогда потом всегда никогда очень более менее быть есть был была было были буду будет будут будем мочь
могу может можем могут мог могла могли можно нужно надо нельзя""",
    "sk": """
a aj i o v vo k ku s so z zo na do od po pre pri pred cez pod nad medzi za bez u ale alebo ani že aby keď
pretože lebo či ako čo kto kde kedy prečo ktorý ktorá ktoré ktorí ktorú ktorého ktorých ktorým ktorej ja ty
on ona ono my vy oni ony ma mi mne mu ho ju jej im ich nás nám vás vám ten tá to tí tie tom toho tomu tým tej
tých tento táto toto títo tieto tohto tejto týchto môj tvoj svoj svoje svojho svojich jeho náš váš byť je som
si sme ste sú bol bola bolo boli bude budú budeme by mať má mám majú mal mala mali môcť môže môžu mohol mohla
mohli musieť musí chcieť chce nie už len ešte tiež tak viac než však""",
    "sl": """
in v na je da se za od so s z k h o a do kot ne po pa ki tudi ali iz to ta te ti tega tem teh on ona ono mi
vi oni one jaz me meni mu njega nje njej njih njim nas nam vas vam ga jo jim jih svoj svoja svoje svojega
svojih njegov njen njihov naš vaš moj tvoj biti sem si smo ste bil bila bilo bili bile bo bodo bi bom imeti
ima imajo moči more morajo lahko kaj kdo kje kdaj kako zakaj ker če ko že še samo več zelo pred potem brez
med proti pri nad pod ni niso kateri katera katero katere""",
    "sq": """
dhe në i e të së për me nga një që si por ose as se kur ku pse kush çfarë cili cila ky kjo këta këto ai ajo
ata ato unë ti ne ju më na u im ime yt jote tij saj tyre ynë është janë jam ishte ishin do duhet kanë ka kam
kishte kishin mund nuk s mos po jo edhe vetëm shumë pas para mbi nën midis pa deri""",
    "sv": """
och i att det som en på är av för med den till inte om ett han men var jag från de har vi när så hon ut där
kan över ska under nu vid också efter sig då sin mot eller hade bara här vara något någon några mer denna
detta dessa vad vilken vilket vilka hur varför vem blir blev blivit bli skulle kunde kommer få får fick
mycket alla allt sitt sina mig dig honom henne oss er dem min mitt mina din ditt dina hans hennes vår vårt
våra deras utan mellom mellan genom hos upp ner in än eftersom innan medan både varit måste vill ville bör""",
    "tr": """
ve bir bu da de için ile ki mi mı mu mü ne o şu ben sen biz siz onlar bana sana ona bize size onlara beni
seni onu bizi sizi onları benim senin onun bizim sizin onların bunu bunun buna bunlar şunu kendi kendisi daha
çok en gibi kadar göre sonra önce ama fakat ancak çünkü eğer ise hem ya veya yahut yani değil var yok olan
olarak oldu olduğu olduğunu olacak olur olmak ol olsa olması olduk idi imiş her hiç bazı tüm bütün şey kim
hangi nasıl neden niçin nerede burada orada şimdi artık bile sadece diye dolayı rağmen üzere arasında içinde
üzerinde et ettiği ettiğini eden etti etmek""",
    "uk": """
і й та в у на з із зі до від о об по за для при про над під перед через без між біля після проти замість крім
серед щодо не ні але а або чи що щоб як коли якщо хоча тому бо поки хай нехай адже ж же би б то так також теж
тільки лише вже ще навіть ось я ти він вона воно ми ви вони мене мені мною тебе тобі його нього йому ньому
ним нім її неї їй ній нас нам нами вас вам вами їх них їм ними себе собі собою мій моя моє мої мого моєї моїх
твій твоя свій своя своє свої свого своєї своїх своїм своїми свою своєму наш наша наше наші нашого нашої
наших ваш ваша ваші цей ця це ці цього цієї цьому цим цих цими цю той те ті того тієї тим тих такий така таке
такі такого таких який яка яке які якого якої якому яким яких яку якими хто кого кому ким чого чому чим весь
вся все всі всього всієї всіх всім усі усе усіх сам сама само самі самого кожен кожна кожне інший інша інше
інші інших ніхто ніщо нічого де куди звідки там тут зараз тепер тоді потім завжди ніколи дуже більш більше
менше бути є був була було були буду буде будуть будемо може можуть могти міг могла могли можна треба
потрібно слід""",
}
GRAMMAR |= dict.fromkeys(("nn", "no"), GRAMMAR["nb"])

EVERYDAY = {
    "en": """
a am an and any are as at be been both but by can could did do does done down each even ever few for from
get give go goes got had has have he her here hers him his how i if in into is it its just least less let
like made make many may me might mine more most much must my near new next no none nor not now of off on
once one only or our ours out over own per quite same say see self she so some such than that the their them
then there these they this those thus to too two under until up upon us use used very via was way we well
went were what when where which while who whom whose why will with would yet you your yours zero ace act add
age ago aid aim air all alone arc arm art ash ask bad bar bat bed best big bit box boy bus buy call cap car
care cart case cat chip city clip coin cop core cost cow cup cut day deal dot due ear east eat edge egg end
eta eye face fact fall far fast fat fee fine fire fit five fly fold foot four free full fund game gap gas
gem goal good grip hand hard hat head heart heat help high hit hold home hope host hot hub ice idea inn ion
jet job join keep key kid kind king know lab lamp last law lead leap led left leg life link live long look
lot love low mad main man map mark mars mass mat mean media men met mind miss mob mod net nice nine nod note
oar odd oil old open ore pace pack pact pad paid pan part past path pay pen pet pie pin plan play plus pop
post pot press pro push put race rain ram rate raw read real rest rich ride right ring rise road rock role
room root row run safe sage said salt sand save sea seal seat set ship shop side sit six size slow smart
snap soar soft son star start stem step stop sure swap swat swift take talk tap task team tell ten test text
thing think three tie time tip top track trade tree trip true try turn unit wall want war wash watch water
wave week wide win wind wish word work world year young""",
    "de": """
abend acht akt alt alter amt angst art arm arzt ast auge auto bad bahn ball band bank bau baum berg bett bild
bitte blatt blau blick blut boden boot bord böse brief brot buch bund burg dach dank datum dauer dick ding
dorf drei druck dumm ecke ehe ehre ei eile eis elf ende eng erbe erde ernst essen fach faden fahrt fall falle
falls faul fein feind feld fels fest feuer film fisch flug fluss folge form frage frau frei fremd frist froh
früh fünf fuß gabe gang gast gebet gehen geist geld gern gift glas glück gold gott grab grad gras groß grün
grund gut haar hafen hals hand hart haus haut heer heft heil heim heiß held hell herr herz hier hilfe hoch
hof höhe holz horn hund hut idee insel jahr jung kalt kampf karte kauf kern kind klar klein knie kopf kraft
krank krieg kunst kurs kurz küste lage lager land lang last lauf leben leer lehre leid leise leute licht lied
liebe links liste lob los luft lust macht mal mann markt maß mast meer mehr meile mitte monat mord mund mut
nah nahe name nase nass neu neun nord not null ober oder ofen ohr ort ost paar pass plan platz post preis
punkt rad rand rang rat raum recht rede reich reif reise rest rind ring rot ruf ruhe rund saal sache salz
sand satz schon see seele segel seite siegt sieg sinn sitz sohn sonne spät spiel spur staat stab stadt stamm
stand stark start statt stein stern stoff stolz strom stück stufe stuhl sturm süd tag tal tat teil tief tier
tisch tod ton tor tot traum treue tun tür turm übel ufer uhr vater vier vogel volk voll wahl wahr wald wand
ware warm weg weich wein weiß welt wert wesen west wind wirt woche wohl wolke wort wunde wut zahl zahn zeit
zelt ziel zoll zone zug zwang zwei""",
    "es": """
acto agua aire ala alma alto amor ancho ante año años apoyo área arma armas arte ave ayer ayuda azul baja
bajo banco banda barco base beso bien boca boda bola bolsa bomba buen bueno busca cabo caja calle calor cama
campo canal capaz cara carne carta casa casi caso causa cena cerca cero cien cielo cine cita clase clave club
coche color comer común copa corte cosa costa crear cruz cual cubo culpa curso dado dato datos dedo deja dice
dijo día días dios doble dolor don doña dos dura duro edad ella error euro éxito falta fase fe fecha feliz
feria fiel fin final firma flor foco fondo forma foto freno frío fuego fuera gana gas gasto gente giro gol
golpe gran grave gripe grupo guía hijo hilo hogar hoja honor hora hoy hueso idea igual isla jefe joven juego
juez jugar junio julio junto labor lado lago largo leche leer lejos león letra ley libre libro línea lista
llama lleno local loco lugar luna luz madre mal malo mano mar marca mayo mayor media medio mejor menor mente
mes mesa metro miedo miel mil misa mitad moda modo monte motor mujer mundo museo nave negro niño nivel noche
nota nube nueve nuevo obra ocho oeste ojo ojos once orden oro oso otoño paga país pan papa papel par paro
parte pasa paso pata paz pena peor perro peso pie piel pieza pisa piso plan plata playa plaza poco pobre
poner popa prima primo prisa punto raíz rama raro rato raza razón red reino reloj resto rey rico río ritmo
rojo ropa rosa ruido ruta sabe saber sal sala salud sede seis señor serie siete siglo sigue silla sitio sol
sueño suelo suma sur tal tarde tasa tela tema tener tipo tira todo toma toro torre trae traje tren tres tropa
unir uno usar uso vaca valle valor vano vaso vela vena venta ver verde vez vía viaje vida viejo vino visa
vista vive vivir vivo voz vuelo zona""",
    "fr": """
abri acte acier âge agir aide aile aimer air album aller ami amie amour an âne ange ans appel arbre arc arme
armes armée arrêt art as asie atout avion avis avril axe bal balle banc bande bar bas base bâton beau bébé
bel bête bien bilan bise blé bleu blanc bloc bois bon bonne bord botte bouc bout bras bref bruit but cadre
café cage camp cap car cas case cause cave cent cerf chef cher chez chien choc choix ciel cinq cité clair clé
clef club coeur coin col colis comte conte coq corde corps côte côté cou coup cour cours court coût cri croix
cru cuir culte cure dame date début delta dent dette deux dieu dire dix doigt don dos doute doux drame droit
dune dur durée eau école effet élan élu élue enfer enfin enjeu envie épée époux ère état étape été étude euro
face faim fait fer fête feu fier fil file fille film fils fin fini fixe fleur flot foi foie fois fond force
forêt forme fort fou foule four frais franc frein frère froid front fruit fuite futur gain gare gars gaz
geste glace golfe goût grand gras grave gré grève gros guide haine haut herbe heure hier homme huit idée île
image impôt issue jambe jeu jeudi jeune joie joli jour juge juin jury juste kilo lac laine lait lame lampe
large larme léger lent lieu ligne linge lion lire lit livre loi loin lois long loup lourd lune lundi luxe mai
main maire mais maïs mal maman mari mars masse match mer mère métal midi mieux mil mille mine mise mode moine
mois monde mont mort mot mur muet nage né née neige net neuf nez noir nom nord note nu nuit objet oeil oeuf
onze or ordre os ouest outil page paie pain paire paix palme panne papa parc pari part parti pas passé pays
peau peine père perte peur pied pire place plage plan plat plein pli pluie poids point pont port porte poste
pot prêt prix proie prune quai queue race radio raid rail rang rare rat rayon récit reine reste rêve rien
riche rire rive robe roi rôle rose roue rouge route rue ruse sable sac sage sain saint sale salle salut sang
santé saut sec sel sens sept série seul seuil sexe siège site six ski soir sol somme sort sorte souci sport
stade style sud suite sujet table tache talon tant tante tard tas taux taxe tel temps tenue terme terre tête
texte thé tir titre toile toit tome ton tort tôt tour train trait trois trou type union unité urne usage
usine utile vache vague vain vent vente ver vers vert veste veuf vide vie vieux vif ville vin vingt viol vite
vivre voeu voie voile voir voix vol vote vrai vue yeux zéro zone""",
    "it": """
aereo aiuto ala alto altro amico amore anche anni anno ansia aria arma armi arte asse atto auto aveva bacio
bagno ballo banca banco bando barca base basso bello bene bere bocca bomba bordo borsa bosco bravo breve buio
buono caffè caldo calma campo cane capo cara carne caro carta casa caso causa cena cento cerca certo cibo
cielo cima clima colpa colpo conto coppa corpo corsa corso corte corto cosa costa costo crisi croce cuore
cura dado danno dare data dato dente detto dice dieci dio dire dito donna dopo dose due duro ente epoca era
erba eroe età euro fame faro fase fatto fede feria ferro festa fiera fila film fine fino fiore firma fiume
folla fondo forma forte forza foto freno fuga fumo fuoco fuori gara gas gatto gelo gente gioco gioia giro giù
gola golfo grado grano grave grido guida gusto idea ieri isola lago latte lato legge lento letto libro linea
lista lotta luce lungo luna luogo lusso madre mai male mano mare marzo massa media medio mela mente mese
messa meta metà mezzo mila mille modo molto mondo monte morte moto muro nave neve nome nono nord nota notte
nove nuovo oggi olio ombra onda onore opera ora ore oro orso orto osso otto ovest pace padre paese paga palla
pane papa parco pari parte passo patto paura pelle pena pesca peso petto piano piede pieno pista poi polo
ponte porta porto posa posta posto prato prima primo prova punto quota radio ramo rata razza re rete resto
ricco riso rito ritmo riva rosa rosso ruolo ruota sala sale salto sano santo sasso scala scopo sedia segno
sei sera serie sesso sete sette sfida sogno soldi sole solo sonno sopra sorte spesa sport sud suono tale
tasse tanto tardi tassa tema tempo tenda terra tesi testa testo tetto tipo tiro tono torre torta tre treno
trono turno uomo uovo urlo uso utile valle vano vasto vela vena vento verde vero verso vetro via vino viso
vista vita vivo voce volo volta voto zero zia zio zona""",
    "nl": """
aard acht actie adem ader akte angst april arm arts auto avond baan baas bad bal band bang bank bed beeld
been beer beet begin berg best bier bij bijna blad blauw blij blik bloed bloem bod boek boer boete bom boom
boord boos boot bord borst bos bouw brand breed brief brein bril broer brood brug bui buik buit bus club dag
dak dal dank datum deel deur dicht dief dier dik ding dode doel doen dood doof doorn dorp draad dreun drie
droog droom druk dun duif duur echt eer eerst eeuw eind einde eis elf ere erg eten even feest feit fel fiets
film fout fraai fris fruit gang gas gast gat gebed geel geen geest geit gek geld gem geval gids gif glas god
goed goud graad graf gras groei groen groep groet grond groot haak haar haat half hals hamer hand hard hart
haven heel heer heft heil held helft help hemel hert heup hier hitte hoed hoek hof hond hoofd hoog hoop hotel
hout huid huis huur idee ijs ijzer jaar jacht jas jeugd jong juist juli juni kaas kaart kamer kamp kans kant
kap kat keel keer kern kerk keus kind kist klaar klas klein kleur klok koe koers kok kop kort kou koud krant
kroon kunst kust kwaad laag laat land lang last leden leed leeg leer leger leid lek lente leven lezen lid
lief licht lied lijf lijk lijn lijst lip loon loop los lot lucht maan maand maart maat macht mail maker man
mand markt mate mei mens mes meter mijl min mis moe moed mond mooi moord motor muur naam nacht nat nek net
nest neus nieuw nood noord noot nul offer olie onder oog oom oor oost op open orde oud paar paard pak pan
pand pas pers pijn pijp plaat plan plas plek poes pol poort post prijs prins punt raad raam raket ramp rand
rang recht rede reden reis rest riem rij rijk ring rit rol rond rood rook roos rug rust ruim ruit schip sfeer
sinds slag slim slot smal snel soort spel spoor sport staal staat stad staf stam stand start stap steen stem
ster sterk steun stijl stil stoel stof stoom storm straf stuk taak taal taart tafel tak tand tas team teken
tel thee thuis tijd tien toon top toren trap trein trek trots trouw tuin twee uit uur vaak vader val van
vaste vat vee veld ver verf vier vijf vis vlag vlak vlees vlot voet vogel volk vol vorm vraag vrede vrij
vroeg vrouw vuil vuur waar wand warm was water week weer weg wens werk west wet wiel wijk wijn wijs wild wind
wit woede woord wraak zaak zaal zacht zak zand zee zeil zes zeven ziek ziel zin zoet zomer zon zoon zorg zout
zuid zwaar zwak zwart""",
    "pl": """
adres akcja akt alarm albo ale armia atak auto bal baza bieg bilet biuro blok bok ból brak brat broń brzeg
bunt być cal cecha cel cena chleb chory ciało cień cios cisza cło córka cud czas czat czek czyn dach dać dane
data dawny dla dług dno doba dobro dobry dół dom dość drew droga drób drugi druk drzwi duch dumny duży dwa
dwaj dwie dwór dym dzień efekt ekran etap fakt fala firma forma fotel front gaz gdy gęś głód głos głowa góra
gol gość gród groza grób grupa hala hasło honor hotel ile inni iść jad jajo jaki jazda jeden język kac kadra
kara karta kasa kat kawa kino klasa klub klucz koc kolej kolor koło koń kon kora kosz koszt kot kraj król
krok kres krew krzyż kula kurs kwiat las lat lata lato ląd lek lęk lew lewy linia list liść lód los lot luka
lud luty łask ława łódź łup mąka mapa marka marsz masa matka mąż mecz metr miara mięso mina mit młody moc
moda mord morze most mowa mróz mur myśl nagle nagły nerw noc noga norma nos nota nowy nurt obok obóz obraz
ocean ocena odra ogień ogród okno oko okres opis opór order osiem oś osoba ostry owoc pan pani para park pas
pech pełny pęd pies pięć pieśń pisk pismo plan plac plaża płot pod pokój pole pomoc port post potok powód
pożar praca prasa prawo prąd próba ptak pusty pył rada radio raj rak rana rano rasa rata raz rejon ręka rok
rola rosa rów róża ruch ryba ryk rynek rysa rząd rzecz rzeka sąd sala sam sens ser serce seria sesja sieć
siła skala skarb sklep skład skok skóra sława słoń słowo słup smak sok sól spis sport spór stal stan start
staż stół straż styl sum syn szef sześć szlak szok sztab śnieg środa ślad ślub świat ta tajny tani targ tekst
temat temu ten teren teza tłum ton tor towar trąd trasa trawa treść trud trup trzy tryb tur twarz typ tył
uczeń uraz układ umowa urząd ulga usta uwaga wada waga wał walka wąż wiatr wiec wiek wieś wilk wina wino
wizja wojna wola wolny worek woda wódz wór wpis wpływ wrak wrogi wróg wstęp wtedy wuj wybór wynik wyrok wzór
zakon zakup zamek zapas zator zawód zbiór zero zgoda zima złoty zło znak znów zwój zysk żal żart żona życie
żyć""",
    "pt": """
abril ação aço água ajuda ala alma alto ano anos amigo amor apoio ar área areia arma armas arte asa ato aula
ave aviso azul bala balde banco banda barco base bater beijo bem boa boca bola bolsa bom bomba braço busca
cabo cada caixa calor cama campo canal cão capa cara carga carne carro carta casa caso cedo cem cena céu chão
chave chefe cheio chuva cima cinco clara claro clube coisa copa cor corpo corte costa crime crise cruz culpa
curso curto custo dado dados dar data dedo dente dez dia dias disse dois dor dose dupla duro em época erro
euro falta fase fato fé feira feliz ferro festa fila filha filho filme fim fino flor foco fogo folha fome
fonte fora força forma forte foto frio fruta fuga fumo gado gás gasto gato gelo gente giro gol golpe gosto
grau grave greve grupo guia hoje homem honra hora horas ideia igual ilha irmã irmão jogo jovem juiz julho
junho juro lado lago largo leão lei leite lenço lento letra leve limpo linha lista livre livro local logo
loja longe longo lua lugar luta luto luz mãe maio maior mal mão mapa mar março mau massa medo meia meio menor
mente mês mesa metro mil modo morte moto mundo muro nariz nave neve ninho nível nobre noite nome norte nota
nove novo obra oito olho olhos onda ontem onze opção ordem ouro ovo pai país pão papa papel par parte passo
pata paz pé peça pedra pele pena perto peso pior piso plano pó pobre ponta ponte ponto porta porto posse
posto povo praça praia prazo preço preso preto prova quase queda rádio raio ramo raro rede rei resto rico rio
risco ritmo roda rosa rosto roupa rua saco saída sal sala salto santo saúde seca seis selo selva série sete
setor sexo sinal sítio sol solo som sonho sono sorte suave sul susto tal tarde taxa tempo terra teto tio tipo
tiro toda tom torre trás três troca tropa união usar uso vaca vale valor vaso vela velho vento ver verde
verão vez vezes via vida vila vinho vinte visão vista vivo voo voto voz zero zona""",
    "ru": """
ад акт атом бал банк бег беда бой бок боль борт брак брат брод быт бюро вал век вес весна ветер вещь взор вид
вина вкус влага вода вождь война волк воля вон вор враг вред врач время вуз выбор вывод выход газ герб год
голод голос гол гора горе город гость град грех гриб гроб гром гроза груз груша дама дань дар дата два двор
день дверь дело дети дно дождь дол долг дом доля дочь друг дуб дума дух душа дым еда ель жар жена жизнь завод
зал закон запад заря зверь звук земля зима знак зло зуб игра идея имя иск итог июль июнь кадр казна как карта
касса кит клад класс клуб ключ книга код кол конь конец кора корм кот край крах кредо крест крик кров кровь
круг крыша куб курс кусок лад лак лев лед лёд лес лето лик линия лист лицо лишь лоб лов лодка ложь лом луг
луна луч май мал мало март марш масса мать мах меда мера место месяц метод метр меч мех миг мир миф море
мороз мост мощь муж мука мыс мысль мяч налог народ наука небо нога ноль нос нота ночь нрав обед обзор облик
образ обувь огонь океан окно опора опыт орден орган осень ось ответ отец офис очаг пакт пара пар парк пас
пепел перо пир план плач плен плод плот пляж пожар пол поле полк пора порт пост поток поэт право прах приз
пруд пуля пуск путь пять рад раз рай рак рана ранг рано реф режим рейд рейс река рёв рис риск род роды рожь
роза рок роль рост рот рота руда рука рыба рык рынок ряд сад салат сбор свет свод связь сдача сев секс семь
семья сила слава след слеза слово слон слух смех снег совет сок сон соль сорт союз спад спас спор спорт срок
стан стая ствол стена стол стон страх стул суд сумма сут суть сутки счет счёт сын сыр тайна такт танк твёрд
тема темп тень тир ток толк том тон тост труба труд трюк туз туман тур туча тыл угар угол удар ужас узел указ
улица ум уния урок утро уход ухо учёба флаг флот фон фонд форма форт фронт ход холод храм цвет цель цена
центр цех цирк час часть чек чин число чудо шаг шар шеф шея школа шок штат штаб шум щит эра этап эхо юг юноша
яд ядро язык яма""",
    "tr": """
acı açık ad adam ada adet adım ağ ağaç ağır ağız ahlak aile ak akıl akım akşam al alan alt altı altın an ana
anda anne araç ara arka artış asıl asker aslan at ata ateş av avuç ay ayak ayna az baba bağ bahar balık banka
barış baş başka batı bebek bekle bel belge beş beyaz biçim bilgi bilim bin bina biz boş boy boya boğaz bol
borç bölge böyle bugün buz büyük cadde can cep cevap ceza cihaz cin çağ çam çan çaba çağrı çare çatı çay
çıkar çıkış çift çizgi çocuk çok çöl dağ dal dalga dava davet defa değer deniz ders dert devam dev dış diz
dil dilek din diş doğa doğu dokuz dolar dost dört dön durum duvar dün dünya düz düzen edebi ek ekim el elma
emek emir en erkek er eski eş et ev evet eylem eylül ezgi fark fayda fazla fen fil film fikir fiyat gaz gece
geç gemi gelir gen genç geniş geri giriş giz göç gök göl gol görev göz gözü güç gül gün güneş güney güven
güzel haber hafta hak hal halk ham hap hasta hat hata hava hayat hayır hedef hız hiç his hukuk ırk ırmak ısı
ışık iç ihale iki iklim il ileri ilgi ilk imza ince ip isim insan iş işçi işlem iyi iz izin kaç kadın kale
kalp kamu kan kapı kar kara karar kare kart kat kaya kayıp kaza kedi kent kez kır kırk kış kısa kısım kişi
kitap kız kol kolay komşu konu köy kota köpek köprü kötü kriz kul kulüp kum kural kurum kurul kuş kutu kuzey
lider lig liste mal maç mart masa mayıs memur mi milli mum nehir nem nokta not nüfus oda oğul ok okul olay on
ordu oran orman orta oy oyun ön öz ölü ölüm örnek pay para park parti pazar polis ray rakam rakip renk resim
resmi risk roman ruh rüya saat sabah saç saf sağ sahil sahip sal salı savaş say sayı sebep seçim ses sekiz
sel sene sera sert sıcak sıra sınır sınıf sis siyah son sonuç soru söz spor su suç sulh süre süt şans şarkı
şehir şeker takım tam tane taraf tarih tas taş tat tatil tel temel ten ter terör tek top tost tören tür tuz
tüp uç ucuz uçak un umut us usul uyku uzak uzun ülke ün üç üst vali var vatan vergi vize yağ yan yaş yaz yay
yedi yeni yer yeşil yıl yol yön yurt yüz yük zam zaman zarar zor""",
}
