/* The two loops that every article passes, for speed: kernel.py has them in Python, and both are tested against
   the same cases. Nothing here decides what a rule means.

   Memo    text -> marks: splits at white space and looks every piece up among those seen before.
   Finder  marks -> the rules that hold, those that may: keys, guards, and programs of flat rules.

   A mark is three numbers of 32 bits, as lexicon.py writes them: (atom, position in its chunk, width);
   (-1, positions, 0) ends a chunk, (-2, 0, 0) a segment that no phrase crosses. Python's lock is held all the
   time but while Memo asks for a piece it has not seen, so that threads share both. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_END = -1, SEGMENT_END = -2, MARK = 3 };

/* 100,000 rules do not fit in the processor's caches: what is looked at so many steps later is sent for now,
   which more than halves the time. */
enum { AHEAD = 8 };
#ifdef __GNUC__
#define PREFETCH(at) __builtin_prefetch(at)
#else
#define PREFETCH(at) ((void)(at))
#endif

/* --- growing arrays of numbers --- */

typedef struct {
    int32_t *at;
    size_t used, room;
} Numbers;

static int
reserve(Numbers *numbers, size_t more)
{
    if (numbers->used + more <= numbers->room)
        return 0;
    size_t room = (numbers->used + more) * 2;
    int32_t *at = realloc(numbers->at, room * sizeof *at);
    if (!at) {
        PyErr_NoMemory();
        return -1;
    }
    numbers->at = at;
    numbers->room = room;
    return 0;
}

static int
append(Numbers *numbers, int32_t number)
{
    if (reserve(numbers, 1) < 0)
        return -1;
    numbers->at[numbers->used++] = number;
    return 0;
}

static PyObject *
as_bytes(const Numbers *numbers)
{
    return PyBytes_FromStringAndSize((const char *)numbers->at, numbers->used * sizeof(int32_t));
}

/* --- Memo --- */

typedef struct {
    uint64_t hash;
    uint32_t key, size;    /* where in keys, how many bytes; size 0: free */
    uint32_t marks, count; /* where in marks, how many numbers */
} Slot;

/* A slot is looked for in so many places: text made to collide is only not remembered. */
enum { PROBES = 16, FIRST_SLOTS = 1 << 10 };

typedef struct {
    PyObject_HEAD
    PyObject *look;
    Slot *slots;
    size_t room, used, limit; /* slots; those taken; most of them */
    size_t longest;           /* bytes of a piece that is worth remembering */
    char *keys;
    size_t keys_used, keys_room;
    Numbers marks;
} Memo;

static void
memo_clear(Memo *memo)
{
    memset(memo->slots, 0, memo->room * sizeof(Slot));
    memo->used = memo->keys_used = memo->marks.used = 0;
}

static int
memo_init(Memo *memo, PyObject *args, PyObject *Py_UNUSED(names))
{
    PyObject *look;
    Py_ssize_t limit, longest;
    if (!PyArg_ParseTuple(args, "Onn", &look, &limit, &longest))
        return -1;
    if (memo->look) {
        PyErr_SetString(PyExc_TypeError, "a Memo is made once");
        return -1;
    }
    memo->slots = calloc(FIRST_SLOTS, sizeof(Slot));
    if (!memo->slots) {
        PyErr_NoMemory();
        return -1;
    }
    memo->room = FIRST_SLOTS;
    memo->limit = limit;
    memo->longest = longest;
    memo->look = Py_NewRef(look);
    return 0;
}

static int
memo_traverse(Memo *memo, visitproc visit, void *arg)
{
    Py_VISIT(memo->look);
    Py_VISIT((PyObject *)Py_TYPE((PyObject *)memo));
    return 0;
}

static int
memo_forget(Memo *memo)
{
    Py_CLEAR(memo->look);
    return 0;
}

static void
memo_dealloc(Memo *memo)
{
    PyTypeObject *type = Py_TYPE((PyObject *)memo);
    PyObject_GC_UnTrack(memo);
    memo_forget(memo);
    free(memo->slots);
    free(memo->keys);
    free(memo->marks.at);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    release(memo);
    Py_DECREF(type);
}

static uint64_t
hashed(const char *piece, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)piece[i]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

/* The slot of a piece; a free one for a piece not seen; NULL where too many collide. */
static Slot *
slot_of(const Memo *memo, const char *piece, size_t size, uint64_t hash)
{
    for (size_t probe = 0; probe < PROBES; probe++) {
        Slot *slot = &memo->slots[(hash + probe) & (memo->room - 1)];
        if (!slot->size)
            return slot;
        if (slot->hash == hash && slot->size == size && !memcmp(memo->keys + slot->key, piece, size))
            return slot;
    }
    return NULL;
}

static int
memo_grow(Memo *memo)
{
    Slot *old = memo->slots;
    size_t room = memo->room;
    Slot *slots = calloc(room * 4, sizeof(Slot));
    if (!slots) {
        PyErr_NoMemory();
        return -1;
    }
    memo->slots = slots;
    memo->room = room * 4;
    for (size_t i = 0; i < room; i++) {
        Slot *to = old[i].size ? slot_of(memo, memo->keys + old[i].key, old[i].size, old[i].hash) : NULL;
        if (to)
            *to = old[i];
    }
    free(old);
    return 0;
}

static int
remember(Memo *memo, const char *piece, size_t size, uint64_t hash, const int32_t *marks, size_t count)
{
    if (memo->used >= memo->limit)
        memo_clear(memo);
    if (memo->used * 2 >= memo->room && memo_grow(memo) < 0)
        return -1;
    Slot *slot = slot_of(memo, piece, size, hash);
    if (!slot || slot->size)
        return 0;
    if (memo->keys_used + size > memo->keys_room) {
        size_t room = (memo->keys_used + size) * 2;
        char *keys = realloc(memo->keys, room);
        if (!keys) {
            PyErr_NoMemory();
            return -1;
        }
        memo->keys = keys;
        memo->keys_room = room;
    }
    if (reserve(&memo->marks, count) < 0)
        return -1;
    memcpy(memo->keys + memo->keys_used, piece, size);
    if (count)
        memcpy(memo->marks.at + memo->marks.used, marks, count * sizeof *marks);
    *slot = (Slot){hash, memo->keys_used, size, memo->marks.used, count};
    memo->keys_used += size;
    memo->marks.used += count;
    memo->used++;
    return 0;
}

/* Asks Python for a piece; adds its marks, and remembers them. */
static int
look(Memo *memo, const char *piece, size_t size, uint64_t hash, Numbers *found)
{
    int failed = -1;
    PyObject *text = PyUnicode_DecodeUTF8(piece, size, NULL);
    PyObject *entry = text ? PyObject_CallFunctionObjArgs(memo->look, text, NULL) : NULL;
    char *bytes;
    Py_ssize_t length;
    if (entry && PyBytes_AsStringAndSize(entry, &bytes, &length) == 0) {
        size_t count = length / sizeof(int32_t);
        if (reserve(found, count) == 0) {
            memcpy(found->at + found->used, bytes, length);
            found->used += count;
            failed = size > memo->longest ? 0 : remember(memo, piece, size, hash, (int32_t *)bytes, count);
        }
    }
    Py_XDECREF(text);
    Py_XDECREF(entry);
    return failed;
}

/* How many bytes of white space stand here, as str.split() has it. */
static size_t
space(const unsigned char *at, const unsigned char *end)
{
    if (*at < 0x80)
        return *at == ' ' || (*at >= 9 && *at <= 13) || (*at >= 0x1c && *at <= 0x1f);
    if (*at == 0xc2 && end - at > 1)
        return at[1] == 0x85 || at[1] == 0xa0 ? 2 : 0;
    if (end - at < 3)
        return 0;
    if (*at == 0xe2 && at[1] == 0x80)
        return (at[2] >= 0x80 && at[2] <= 0x8a) || at[2] == 0xa8 || at[2] == 0xa9 || at[2] == 0xaf ? 3 : 0;
    return !memcmp(at, "\xe1\x9a\x80", 3) || !memcmp(at, "\xe2\x81\x9f", 3) || !memcmp(at, "\xe3\x80\x80", 3) ? 3 : 0;
}

static PyObject *
memo_read(Memo *memo, PyObject *text)
{
    Py_ssize_t length;
    const char *begin = PyUnicode_AsUTF8AndSize(text, &length);
    if (!begin)
        return NULL;
    Numbers found = {0};
    PyObject *result = NULL;
    const unsigned char *at = (const unsigned char *)begin, *end = at + length;
    if (reserve(&found, length / 2 + MARK) < 0)
        return NULL;
    while (at < end) {
        size_t wide = space(at, end);
        if (wide) {
            at += wide;
            continue;
        }
        const unsigned char *start = at;
        do
            at++;
        while (at < end && ((*at > ' ' && *at < 0x80) || !space(at, end)));
        const char *piece = (const char *)start;
        size_t size = at - start;
        uint64_t hash = hashed(piece, size);
        Slot *slot = slot_of(memo, piece, size, hash);
        if (!slot || !slot->size) {
            if (look(memo, piece, size, hash, &found) < 0)
                goto done;
            continue;
        }
        if (reserve(&found, slot->count) < 0)
            goto done;
        if (slot->count)
            memcpy(found.at + found.used, memo->marks.at + slot->marks, slot->count * sizeof(int32_t));
        found.used += slot->count;
    }
    result = as_bytes(&found);
done:
    free(found.at);
    return result;
}

static PyMethodDef memo_methods[] = {
    {"read", (PyCFunction)memo_read, METH_O, "The marks of a text."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot memo_slots[] = {
    {Py_tp_doc, "Memo(look, limit, longest): what pieces of text stand for, asked of `look` once."},
    {Py_tp_init, memo_init},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_traverse, memo_traverse},
    {Py_tp_clear, memo_forget},
    {Py_tp_dealloc, memo_dealloc},
    {Py_tp_methods, memo_methods},
    {0, NULL},
};

static PyType_Spec memo_spec = {
    "rules.engine._fast.Memo", sizeof(Memo), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, memo_slots,
};

/* --- Finder --- */

enum { BY_ATOM_ENDS, BY_ATOM, BY_KEY_ENDS, BY_KEY, ARRAYS };
/* A row of BY_KEY. A guard 0 stands in every document. */
enum { RULE, GUARD, OTHER_GUARD, IS_PLAIN, ROW_SIZE };

typedef struct {
    PyObject_HEAD
    Py_buffer arrays[ARRAYS];
    int held; /* arrays */
    int32_t atoms, groups, rules;
    uint32_t *programs; /* where in code each rule's begins; 0: it has none */
    Numbers code;
    /* What stood in the last 127 documents: the number of the last one in which it did. Bytes, so that the
       processor keeps them at hand. Of a group the lowest bit says whether it is the key of a rule. */
    uint8_t document;
    uint8_t *atom_seen, *group_seen;
    int32_t *first, *last; /* places of an atom, as numbers of marks */
} Finder;

static const int32_t *
numbers_of(const Finder *finder, int array)
{
    return finder->arrays[array].buf;
}

static int32_t
count_of(const Finder *finder, int array)
{
    return (int32_t)(finder->arrays[array].len / sizeof(int32_t));
}

static int
finder_init(Finder *finder, PyObject *args, PyObject *Py_UNUSED(names))
{
    int rules;
    if (!PyArg_ParseTuple(args, "i", &rules))
        return -1;
    if (finder->programs || rules < 0) {
        PyErr_SetString(PyExc_TypeError, "a Finder is made once, of some rules");
        return -1;
    }
    finder->programs = calloc((size_t)rules + 1, sizeof(uint32_t));
    if (!finder->programs) {
        PyErr_NoMemory();
        return -1;
    }
    finder->rules = rules;
    return append(&finder->code, 0);
}

static void
release_arrays(Finder *finder)
{
    while (finder->held)
        PyBuffer_Release(&finder->arrays[--finder->held]);
}

/* Room for what is known of so many atoms and groups. */
static int
make_room(Finder *finder, int32_t atoms, int32_t groups)
{
    free(finder->atom_seen);
    free(finder->group_seen);
    free(finder->first);
    free(finder->last);
    finder->atom_seen = calloc((size_t)atoms + 1, 1);
    finder->group_seen = calloc((size_t)groups + 1, 1);
    finder->first = calloc((size_t)atoms + 1, sizeof(int32_t));
    finder->last = calloc((size_t)atoms + 1, sizeof(int32_t));
    finder->document = 0;
    if (finder->atom_seen && finder->group_seen && finder->first && finder->last)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static PyObject *
finder_tune(Finder *finder, PyObject *args)
{
    PyObject *given[ARRAYS];
    if (!PyArg_ParseTuple(args, "OOOO", &given[0], &given[1], &given[2], &given[3]))
        return NULL;
    release_arrays(finder);
    int held = 0;
    for (; held < ARRAYS; held++)
        if (PyObject_GetBuffer(given[held], &finder->arrays[held], PyBUF_SIMPLE) < 0)
            break;
    finder->held = held;
    if (held < ARRAYS)
        return NULL;
    finder->atoms = count_of(finder, BY_ATOM_ENDS) - 1;
    finder->groups = count_of(finder, BY_KEY_ENDS) - 1;
    if (make_room(finder, finder->atoms, finder->groups) < 0) {
        release_arrays(finder);
        return NULL;
    }
    const int32_t *ends = numbers_of(finder, BY_KEY_ENDS);
    for (int32_t group = 0; group < finder->groups; group++)
        finder->group_seen[group] = ends[group] < ends[group + 1];
    Py_RETURN_NONE;
}

static PyObject *
finder_put(Finder *finder, PyObject *args)
{
    int rule;
    const char *bytes;
    Py_ssize_t length;
    if (!PyArg_ParseTuple(args, "iy#", &rule, &bytes, &length))
        return NULL;
    if (rule < 0 || rule >= finder->rules) {
        PyErr_SetString(PyExc_IndexError, "no such rule");
        return NULL;
    }
    size_t count = length / sizeof(int32_t);
    if (reserve(&finder->code, count) < 0)
        return NULL;
    if (count) {
        memcpy(finder->code.at + finder->code.used, bytes, count * sizeof(int32_t));
        finder->programs[rule] = (uint32_t)finder->code.used;
        finder->code.used += count;
    }
    Py_RETURN_NONE;
}

/* The next document: nothing stands in it yet. */
static void
turn_over(Finder *finder)
{
    if (++finder->document < 128)
        return;
    memset(finder->atom_seen, 0, finder->atoms);
    for (int32_t group = 0; group < finder->groups; group++)
        finder->group_seen[group] &= 1;
    finder->document = 1;
}

static void
finder_dealloc(Finder *finder)
{
    PyTypeObject *type = Py_TYPE((PyObject *)finder);
    release_arrays(finder);
    free(finder->programs);
    free(finder->code.at);
    free(finder->atom_seen);
    free(finder->group_seen);
    free(finder->first);
    free(finder->last);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    release(finder);
    Py_DECREF(type);
}

/* --- one document: its marks, and the places that programs work with --- */

typedef struct {
    int32_t start, end; /* positions */
} Place;

/* A program that gathers more places than this is left to Python, whose work does not grow with them. */
enum { MOST_PLACES = 1 << 15 };

typedef struct {
    Finder *finder;
    const int32_t *marks;
    int32_t count;    /* marks */
    int linked;       /* are the places of atoms known? */
    Place *where;     /* of each mark */
    int32_t *next;    /* the next mark of the same atom */
    Numbers edges;    /* where segments end */
    Place *places;    /* a stack: what programs gather */
    int32_t used, room;
} Document;

static int
seen(const Document *document, int32_t atom)
{
    return atom >= 0 && atom < document->finder->atoms &&
           document->finder->atom_seen[atom] == document->finder->document;
}

/* Where every atom stands: worked out when the first program asks. */
static int
link_places(Document *document)
{
    Finder *finder = document->finder;
    document->where = malloc((document->count + 1) * sizeof(Place));
    document->next = malloc((document->count + 1) * sizeof(int32_t));
    if (!document->where || !document->next) {
        PyErr_NoMemory();
        return -1;
    }
    for (int32_t number = 0, position = 0; number < document->count; number++) {
        const int32_t *mark = document->marks + number * MARK;
        if (mark[0] == CHUNK_END)
            position += mark[1];
        else if (mark[0] == SEGMENT_END) {
            if (append(&document->edges, position) < 0)
                return -1;
        } else if (mark[0] < finder->atoms) {
            int32_t start = position + mark[1];
            document->where[number] = (Place){start, start + mark[2]};
            document->next[number] = -1;
            if (finder->first[mark[0]] < 0)
                finder->first[mark[0]] = number;
            else
                document->next[finder->last[mark[0]]] = number;
            finder->last[mark[0]] = number;
        }
    }
    document->linked = 1;
    return 0;
}

static int
same_segment(const Document *document, int32_t one, int32_t two)
{
    size_t low = 0, high = document->edges.used;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (document->edges.at[middle] <= one)
            low = middle + 1;
        else
            high = middle;
    }
    return low < document->edges.used && two < document->edges.at[low];
}

/* --- programs: program.py writes them --- */

/* A node is (operator, numbers in all, ...), its parts inside it. What it says of a document: */
enum { NO, YES, UNKNOWN, FAILED };
enum { ALL = 1, SOME, NOT, ANY, AT, NEAR, WORDS, UNION, ROW };

static int
push(Document *document, int32_t start, int32_t end)
{
    if (document->used == document->room) {
        int32_t room = document->room ? document->room * 2 : 256;
        Place *places = room > MOST_PLACES ? NULL : realloc(document->places, room * sizeof(Place));
        if (!places)
            return UNKNOWN;
        document->places = places;
        document->room = room;
    }
    document->places[document->used++] = (Place){start, end};
    return YES;
}

static int
earlier(const void *one, const void *two)
{
    int32_t a = ((const Place *)one)->start, b = ((const Place *)two)->start;
    return (a > b) - (a < b);
}

/* Puts the places on top of the stack in order. Most are, and few are sorted here: calling qsort takes longer. */
static void
sort(Document *document, int32_t bottom)
{
    Place *places = document->places + bottom;
    int32_t count = document->used - bottom;
    int32_t sorted = 1;
    while (sorted < count && places[sorted - 1].start <= places[sorted].start)
        sorted++;
    if (sorted >= count)
        return;
    if (count > 32) {
        qsort(places, count, sizeof *places, earlier);
        return;
    }
    for (int32_t i = 1; i < count; i++) {
        Place place = places[i];
        int32_t j = i;
        for (; j > 0 && places[j - 1].start > place.start; j--)
            places[j] = places[j - 1];
        places[j] = place;
    }
}

/* The first place from `low` on that starts at `position` or later. */
static int32_t
from(const Document *document, int32_t low, int32_t high, int32_t position)
{
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (document->places[middle].start < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int gather(Document *document, const int32_t *node);

/* Puts the places of a row of parts on the stack, by their starts. */
static int
gather_row(Document *document, const int32_t *node)
{
    int32_t bottom = document->used;
    const int32_t *part = node + 2, *end = node + node[1];
    int said = gather(document, part);
    for (part += part[1]; said == YES && part < end && document->used > bottom; part += part[1]) {
        int32_t right = document->used;
        if ((said = gather(document, part)) != YES)
            break;
        int32_t joined = document->used;
        for (int32_t i = bottom; said == YES && i < right; i++) {
            Place left = document->places[i];
            for (int32_t j = from(document, right, joined, left.end);
                 said == YES && j < joined && document->places[j].start == left.end; j++)
                if (same_segment(document, left.start, left.end))
                    said = push(document, left.start, document->places[j].end);
        }
        int32_t count = document->used - joined;
        memmove(document->places + bottom, document->places + joined, count * sizeof(Place));
        document->used = bottom + count;
    }
    return said;
}

static int
gather(Document *document, const int32_t *node)
{
    int32_t bottom = document->used;
    int said = YES;
    switch (node[0]) {
    case WORDS:
        for (const int32_t *atom = node + 2; atom < node + node[1]; atom++)
            if (seen(document, *atom))
                for (int32_t n = document->finder->first[*atom]; said == YES && n >= 0; n = document->next[n])
                    said = push(document, document->where[n].start, document->where[n].end);
        sort(document, bottom); /* also those of one atom: of Su-35, 35 comes before su35 */
        return said;
    case UNION:
        for (const int32_t *part = node + 2; said == YES && part < node + node[1]; part += part[1])
            said = gather(document, part);
        sort(document, bottom);
        return said;
    case ROW:
        return gather_row(document, node);
    }
    return UNKNOWN;
}

/* Is there a place of the one list with one of the other after it, at most `reach` positions between? */
static int
followed(const Document *document, int32_t left, int32_t left_end, int32_t right, int32_t right_end, int32_t reach)
{
    for (int32_t i = left; i < left_end; i++) {
        Place one = document->places[i];
        int32_t j = from(document, right, right_end, one.end);
        if (j < right_end && document->places[j].start - one.end <= reach &&
            same_segment(document, one.start, document->places[j].start))
            return YES;
    }
    return NO;
}

static int
near(Document *document, const int32_t *node)
{
    int32_t reach = node[2], ordered = node[3], left = document->used;
    const int32_t *one = node + 4, *two = one + one[1];
    int said = gather(document, one);
    int32_t right = document->used;
    if (said == YES)
        said = gather(document, two);
    if (said == YES) {
        int32_t end = document->used;
        said = followed(document, left, right, right, end, reach);
        if (said == NO && !ordered)
            said = followed(document, right, end, left, right, reach);
    }
    document->used = left;
    return said;
}

static int
run(Document *document, const int32_t *node)
{
    const int32_t *end = node + node[1];
    int said, unknown = 0;
    switch (node[0]) {
    case ALL:
        for (const int32_t *part = node + 2; part < end; part += part[1]) {
            if ((said = run(document, part)) == NO || said == FAILED)
                return said;
            unknown |= said == UNKNOWN;
        }
        return unknown ? UNKNOWN : YES;
    case SOME: {
        int32_t wanted = node[2];
        for (const int32_t *part = node + 3; part < end; part += part[1]) {
            if ((said = run(document, part)) == FAILED)
                return said;
            unknown |= said == UNKNOWN;
            if (said == YES && --wanted == 0)
                return YES;
        }
        return unknown ? UNKNOWN : NO;
    }
    case NOT:
        said = run(document, node + 2);
        return said == YES ? NO : said == NO ? YES : said;
    case ANY:
        for (const int32_t *atom = node + 2; atom < end; atom++)
            if (seen(document, *atom))
                return YES;
        return NO;
    }
    if (!document->linked && link_places(document) < 0)
        return FAILED;
    if (node[0] == NEAR)
        return near(document, node);
    if (node[0] == AT) {
        int32_t bottom = document->used;
        said = gather(document, node + 2);
        if (said == YES)
            said = document->used > bottom ? YES : NO;
        document->used = bottom;
        return said;
    }
    return UNKNOWN;
}

/* --- which rules --- */

typedef struct {
    Numbers sure, unsure;
} Found;

/* Of the rules under a key those whose guards stand too: the plain ones are sure, the others may be. */
static int
guarded(const Finder *finder, int32_t key, Found *found)
{
    const int32_t *ends = numbers_of(finder, BY_KEY_ENDS);
    const int32_t *row = numbers_of(finder, BY_KEY) + (size_t)ends[key] * ROW_SIZE;
    const int32_t *end = numbers_of(finder, BY_KEY) + (size_t)ends[key + 1] * ROW_SIZE;
    const uint8_t *seen = finder->group_seen, now = finder->document;
    for (; row < end; row += ROW_SIZE)
        if (seen[row[GUARD]] >> 1 == now && seen[row[OTHER_GUARD]] >> 1 == now)
            if (append(row[IS_PLAIN] ? &found->sure : &found->unsure, row[RULE]) < 0)
                return -1;
    return 0;
}

/* Runs the programs of the rules that may hold; those that no program knows stay. */
static int
decide(Document *document, Found *found)
{
    const Finder *finder = document->finder;
    Numbers *unsure = &found->unsure;
    size_t kept = 0;
    for (size_t i = 0; i < unsure->used; i++) {
        if (i + 2 * AHEAD < unsure->used)
            PREFETCH(finder->programs + unsure->at[i + 2 * AHEAD]);
        if (i + AHEAD < unsure->used) {
            const int32_t *soon = finder->code.at + finder->programs[unsure->at[i + AHEAD]];
            PREFETCH(soon);
            PREFETCH(soon + 16);
        }
        int32_t rule = unsure->at[i];
        uint32_t start = finder->programs[rule];
        int said = start ? run(document, finder->code.at + start) : UNKNOWN;
        if (said == FAILED || (said == YES && append(&found->sure, rule) < 0))
            return -1;
        if (said == UNKNOWN)
            unsure->at[kept++] = rule;
    }
    unsure->used = kept;
    return 0;
}

/* Marks the groups of every atom; those that are keys of rules are gathered. */
static int
mark_groups(Document *document, int64_t *counts, size_t counted, Numbers *keys)
{
    Finder *finder = document->finder;
    const int32_t *ends = numbers_of(finder, BY_ATOM_ENDS), *groups = numbers_of(finder, BY_ATOM);
    uint8_t *seen = finder->group_seen, now = finder->document; /* here, or each byte written has them read again */
    for (int32_t number = 0; number < document->count; number++) {
        int32_t soon = number + AHEAD < document->count ? document->marks[(number + AHEAD) * MARK] : -1;
        if (soon >= 0 && soon < finder->atoms)
            PREFETCH(ends + soon);
        int32_t atom = document->marks[number * MARK];
        if (atom < 0 || atom >= finder->atoms || finder->atom_seen[atom] == finder->document)
            continue;
        finder->atom_seen[atom] = finder->document;
        finder->first[atom] = -1;
        if ((size_t)atom < counted)
            counts[atom]++;
        for (int32_t i = ends[atom], end = ends[atom + 1]; i < end; i++) {
            int32_t group = groups[i];
            uint8_t before = seen[group];
            if (before >> 1 == now)
                continue;
            seen[group] = (uint8_t)(now << 1 | (before & 1));
            if ((before & 1) && append(keys, group) < 0)
                return -1;
        }
    }
    return 0;
}

static int
search(Document *document, int64_t *counts, size_t counted, Found *found)
{
    Finder *finder = document->finder;
    Numbers keys = {0};
    const int32_t *ends = numbers_of(finder, BY_KEY_ENDS), *rows = numbers_of(finder, BY_KEY);
    finder->group_seen[0] = (uint8_t)(finder->document << 1 | (finder->group_seen[0] & 1));
    int failed = append(&keys, 0) || mark_groups(document, counts, counted, &keys);
    for (size_t k = 0; !failed && k < keys.used; k++) {
        if (k + 2 * AHEAD < keys.used)
            PREFETCH(ends + keys.at[k + 2 * AHEAD]);
        if (k + AHEAD < keys.used)
            PREFETCH(rows + (size_t)ends[keys.at[k + AHEAD]] * ROW_SIZE);
        failed = guarded(finder, keys.at[k], found);
    }
    free(keys.at);
    return failed ? -1 : decide(document, found);
}

static PyObject *
finder_found(Finder *finder, PyObject *args)
{
    PyObject *marks, *result = NULL;
    Py_buffer counts;
    char *bytes;
    Py_ssize_t length;
    if (finder->held < ARRAYS) {
        PyErr_SetString(PyExc_TypeError, "a Finder is tuned before it finds");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "Ow*", &marks, &counts))
        return NULL;
    Document document = {.finder = finder};
    Found found = {0};
    if (PyBytes_AsStringAndSize(marks, &bytes, &length) == 0) {
        document.marks = (const int32_t *)bytes;
        document.count = (int32_t)(length / (MARK * sizeof(int32_t)));
        turn_over(finder);
        if (search(&document, counts.buf, counts.len / sizeof(int64_t), &found) == 0) {
            PyObject *sure = as_bytes(&found.sure), *unsure = as_bytes(&found.unsure);
            if (sure && unsure)
                result = PyTuple_Pack(2, sure, unsure);
            Py_XDECREF(sure);
            Py_XDECREF(unsure);
        }
    }
    PyBuffer_Release(&counts);
    free(document.where);
    free(document.next);
    free(document.edges.at);
    free(document.places);
    free(found.sure.at);
    free(found.unsure.at);
    return result;
}

static PyMethodDef finder_methods[] = {
    {"tune", (PyCFunction)finder_tune, METH_VARARGS,
     "tune(by_atom ends, by_atom values, by_key ends, by_key values): the index to look things up in."},
    {"put", (PyCFunction)finder_put, METH_VARARGS, "put(rule, program): at first a rule has none."},
    {"found", (PyCFunction)finder_found, METH_VARARGS,
     "found(marks, counts): the rules that hold, and those that may, as bytes."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot finder_slots[] = {
    {Py_tp_doc, "Finder(rules): which of so many rules hold. It is tuned before it finds."},
    {Py_tp_init, finder_init},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_dealloc, finder_dealloc},
    {Py_tp_methods, finder_methods},
    {0, NULL},
};

static PyType_Spec finder_spec = {"rules.engine._fast.Finder", sizeof(Finder), 0, Py_TPFLAGS_DEFAULT, finder_slots};

/* --- the module --- */

static PyObject *
picked(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *from;
    Py_buffer numbers;
    if (!PyArg_ParseTuple(args, "O!y*", &PyTuple_Type, &from, &numbers))
        return NULL;
    const int32_t *at = numbers.buf;
    Py_ssize_t count = numbers.len / (Py_ssize_t)sizeof(int32_t), size = PyTuple_Size(from);
    PyObject *result = PyList_New(count);
    for (Py_ssize_t i = 0; result && i < count; i++) {
        if (i + AHEAD < count && at[i + AHEAD] >= 0 && at[i + AHEAD] < size)
            PREFETCH(PyTuple_GetItem(from, at[i + AHEAD]));
        PyObject *one = PyTuple_GetItem(from, at[i]);
        if (one)
            PyList_SetItem(result, i, Py_NewRef(one));
        else
            Py_CLEAR(result);
    }
    PyBuffer_Release(&numbers);
    return result;
}

static PyMethodDef functions[] = {
    {"picked", picked, METH_VARARGS, "picked(tuple, numbers): what stands in the tuple at these numbers."},
    {NULL, NULL, 0, NULL},
};

static int
execute(PyObject *module)
{
    PyType_Spec *specs[] = {&memo_spec, &finder_spec};
    const char *names[] = {"Memo", "Finder"};
    for (int i = 0; i < 2; i++) {
        PyObject *type = PyType_FromModuleAndSpec(module, specs[i], NULL);
        if (!type || PyModule_AddObjectRef(module, names[i], type) < 0) {
            Py_XDECREF(type);
            return -1;
        }
        Py_DECREF(type);
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "rules.engine._fast", .m_doc = "Looks words and rules up.", .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__fast(void)
{
    return PyModuleDef_Init(&module);
}
