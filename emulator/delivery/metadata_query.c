#include "emulator/delivery/metadata_query.h"

#include <stdbool.h>
#include <string.h>

#include <jq.h>
#include <jv.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"

enum { PROGRAM_MAX_BYTES = 8 * 1024, GUARDED_MAX_BYTES = 16 * 1024, NO_FLAGS = 0 };

/*
 * What libjq 1.6 would end the process for, as an error of the record, or done in another way:
 * times beyond the years of struct tm and formats that are no strings; looking for an empty string;
 * leaving a path expression before its last result. Nor is there an environment or an error output.
 */
static const char guards[] =
    "def __format: if type == \"string\" then . else error(\"a format has to be a string\") end; "
    "def __moment: if type == \"number\" and (. >= -6e16 and . <= 6e16 | not)"
    " then error(\"the time is out of range\") else . end; "
    "def __strftime($f): strftime($f); "
    "def strftime(f): . as $t | (f | __format) as $f | $t | __moment | __strftime($f); "
    "def __strflocaltime($f): strflocaltime($f); "
    "def strflocaltime(f): . as $t | (f | __format) as $f | $t | __moment | __strflocaltime($f); "
    "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\"); "
    "def todate: todateiso8601; "
    "def __strindices($i): _strindices($i); "
    "def _strindices($i): if $i == \"\" then error(\"nothing is looked for\")"
    " else __strindices($i) end; "
    "def __indices($i): indices($i); "
    "def indices($i): if type == \"string\" and $i == \"\" then _strindices($i)"
    " else __indices($i) end; "
    "def index($i): indices($i) | .[0]; "
    "def rindex($i): indices($i) | .[-1:][0]; "
    "def __path(f): path(f); "
    "def path(f): [__path(f)][]; "
    "def paths: path(..) | select(length > 0); "
    "def paths(f): . as $in | paths | select(. as $p | $in | getpath($p) | f); "
    "def leaf_paths: paths(scalars); "
    "def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p)"
    " | reduce path(.[]?) as $q ([$p, .]; [$p + $q]); "
    "def stderr: .; "
    "def env: {}; ";

struct metadata_query {
    jq_state *jq; /* owned */
    struct text program;
    struct text *problem; /* borrowed while it is explained */
};

/* ---- life ---- */

static void on_message(void *arg, jv message)
{
    struct metadata_query *query = arg;
    if (query->problem != NULL && jv_get_kind(message) == JV_KIND_STRING) {
        if (query->problem->len > 0)
            text_append(query->problem, SLICE("; "));
        text_append_text(query->problem, jv_string_value(message));
    }
    jv_free(message);
}

/* input and inputs: there is nothing but the record. */
static jv no_input(jq_state *jq, void *arg)
{
    (void)jq;
    (void)arg;
    return jv_invalid();
}

static void on_debug(void *arg, jv message)
{
    (void)arg;
    jv_free(message);
}

static enum status compile_guarded(struct metadata_query *query)
{
    struct text text;
    text_init(&text, GUARDED_MAX_BYTES);
    text_append_text(&text, guards);
    text_append(&text, text_slice(&query->program));
    enum status status = text.status;
    if (status == STATUS_OK && !jq_compile(query->jq, text.ptr))
        status = STATUS_INVALID;
    text_close(&text);
    return status;
}

/* Messages show the line they are about: not that of the guards. */
static void explain(struct metadata_query *query, struct text *problem)
{
    query->problem = problem;
    if (jq_compile(query->jq, query->program.ptr) && problem != NULL)
        text_append_text(problem, "Hydrant does not support this program");
    query->problem = NULL;
}

static enum status compile(struct metadata_query *query, struct slice program, struct text *problem)
{
    struct text *text = &query->program;
    text_init(text, PROGRAM_MAX_BYTES);
    text_append(text, program);
    if (text->status != STATUS_OK)
        return text->status == STATUS_TOO_LARGE ? STATUS_INVALID : text->status;
    bool is_text = text->len > 0 && strlen(text->ptr) == text->len;
    enum status status = is_text ? compile_guarded(query) : STATUS_INVALID;
    if (status == STATUS_INVALID && is_text)
        explain(query, problem);
    return status;
}

enum status metadata_query_create(struct slice program, struct text *problem,
                                  struct metadata_query **ret_query)
{
    struct metadata_query *query = mem_zalloc(sizeof(*query));
    if (query == NULL)
        return STATUS_NO_MEMORY;
    query->jq = jq_init();
    enum status status = query->jq != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        jq_set_error_cb(query->jq, on_message, query);
        jq_set_input_cb(query->jq, no_input, NULL); /* libjq calls both without a look */
        jq_set_debug_cb(query->jq, on_debug, NULL);
        /* No folder: a program can import nothing, and libjq asserts that there is a list. */
        jq_set_attr(query->jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
        status = compile(query, program, problem);
    }
    if (status == STATUS_OK)
        *ret_query = query;
    else
        metadata_query_destroy(query);
    return status;
}

void metadata_query_destroy(struct metadata_query *query)
{
    if (query == NULL)
        return;
    if (query->jq != NULL)
        jq_teardown(&query->jq);
    text_close(&query->program);
    mem_free(query);
}

/* ---- results ---- */

const char *metadata_trouble_text(enum metadata_trouble trouble)
{
    static const char *const texts[] = {
#define X(name, text) text,
        METADATA_TROUBLES(X)
#undef X
    };
    return texts[trouble];
}

/* Of a string its bytes, of another scalar what JSON writes. Takes `value` over. */
static enum status copy_text(jv value, struct arena *arena, struct slice *ret_text,
                             enum metadata_trouble *trouble)
{
    jv text = jv_get_kind(value) == JV_KIND_STRING ? value : jv_dump_string(value, NO_FLAGS);
    size_t len = (size_t)jv_string_length_bytes(jv_copy(text));
    struct slice bytes = slice_make(jv_string_value(text), len);
    enum status status = STATUS_OK;
    if (len > METADATA_MAX_VALUE_BYTES || slice_find(bytes, '\0') < len)
        *trouble = METADATA_LONG_VALUE;
    else if (len == 0)
        *trouble = METADATA_EMPTY_VALUE;
    else
        status = arena_copy(arena, bytes, ret_text);
    jv_free(text);
    return status;
}

static enum status copy_value(jv value, struct arena *arena, struct slice *ret_text,
                              enum metadata_trouble *trouble)
{
    jv_kind kind = jv_get_kind(value);
    if (kind == JV_KIND_STRING || kind == JV_KIND_NUMBER || kind == JV_KIND_TRUE ||
        kind == JV_KIND_FALSE)
        return copy_text(value, arena, ret_text, trouble);
    bool is_nested = kind == JV_KIND_ARRAY || kind == JV_KIND_OBJECT;
    *trouble = is_nested ? METADATA_NESTED_VALUE : METADATA_EMPTY_VALUE;
    jv_free(value);
    return STATUS_OK;
}

/* Takes both over. */
static enum status copy_key(jv name, jv value, struct arena *arena, struct partition_key *key,
                            enum metadata_trouble *trouble)
{
    struct slice text = slice_of(jv_string_value(name));
    enum status status = copy_value(value, arena, &key->value, trouble);
    if (status == STATUS_OK && *trouble == METADATA_NONE && text.len > METADATA_MAX_NAME_BYTES)
        *trouble = METADATA_LONG_NAME;
    if (status == STATUS_OK && *trouble == METADATA_NONE)
        status = arena_copy(arena, text, &key->name);
    jv_free(name);
    return status;
}

static enum status read_keys(jv object, struct arena *arena, struct metadata_answer *answer)
{
    size_t count = (size_t)jv_object_length(jv_copy(object));
    if (count > PARTITION_KEYS_MAX) {
        answer->trouble = METADATA_TOO_MANY_KEYS;
        return STATUS_OK;
    }
    struct partition_key *keys = arena_zalloc(arena, (count + 1) * sizeof(*keys));
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    count = 0;
    jv_object_foreach(object, name, value)
    {
        enum status status = copy_key(name, value, arena, &keys[count++], &answer->trouble);
        if (status != STATUS_OK || answer->trouble != METADATA_NONE)
            return status;
    }
    answer->keys = keys;
    answer->count = count;
    return STATUS_OK;
}

static enum status run(struct metadata_query *query, jv input, struct arena *arena,
                       struct metadata_answer *answer)
{
    enum status status = STATUS_OK;
    jq_start(query->jq, input, NO_FLAGS);
    jv result = jq_next(query->jq);
    if (jv_get_kind(result) == JV_KIND_OBJECT)
        status = read_keys(result, arena, answer);
    else
        answer->trouble = METADATA_NO_OBJECT;
    jv_free(result);
    return status;
}

enum status metadata_query_run(struct metadata_query *query, struct slice record,
                               struct arena *arena, struct metadata_answer *ret_answer)
{
    struct metadata_answer answer = {.trouble = METADATA_NONE};
    enum status status = STATUS_OK;
    if (record.len > METADATA_MAX_RECORD_BYTES) {
        *ret_answer = (struct metadata_answer){.trouble = METADATA_RECORD_TOO_LARGE};
        return STATUS_OK;
    }
    jv input = jv_parse_sized(record.ptr != NULL ? record.ptr : "", (int)record.len);
    if (jv_is_valid(input)) {
        status = run(query, input, arena, &answer);
    } else {
        answer.trouble = METADATA_NOT_JSON;
        jv_free(input);
    }
    if (status == STATUS_OK)
        *ret_answer = answer;
    return status;
}
