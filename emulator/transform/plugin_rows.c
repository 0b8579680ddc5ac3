#include "emulator/transform/plugin_rows.h"

#include <string.h>

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/transform/plugin_backend.h"
#include "emulator/transform/plugin_host.h"
#include "emulator/transform/runtime_plugin.h"

#define INPUT_MAX_BYTES ((size_t)2 * 1024 * 1024)
#define PORTION_MAX_BYTES ((size_t)1024 * 1024) /* unless one item alone is larger */
#define SCRATCH_MAX_BYTES (2 * (PORTION_MAX_BYTES + 2 * INPUT_MAX_BYTES))

/* Rows for one table, on their way in portions. */
struct rows {
    struct plugin_run *run;
    const char *table;
    const struct hydrant_bytes *items;
    size_t count;
    struct hydrant_answer *answers; /* the plugin's, which may know an older, shorter structure */
    size_t put;
    struct arena scratch; /* of one portion's inputs */
};

/* ---- answers ----------------------------------------------------------------------------- */

/* The members an older plugin's structure has no room for are left out. */
static void copy_answer(void *out, uint32_t room, const struct hydrant_answer *answer)
{
    uint32_t size = room < sizeof(*answer) ? room : (uint32_t)sizeof(*answer);
    if (size > sizeof(size))
        memcpy((char *)out + sizeof(size), (const char *)answer + sizeof(size),
               size - sizeof(size));
}

static void give_answer(const struct rows *rows, size_t index, const struct hydrant_answer *answer)
{
    if (rows->answers == NULL)
        return;
    uint32_t stride = rows->answers->size;
    char *out = (char *)rows->answers + index * stride;
    if (stride >= sizeof(stride))
        memcpy(out, &stride, sizeof(stride));
    copy_answer(out, stride, answer);
}

static void give_refusal(const struct rows *rows, size_t index, const char *why)
{
    give_answer(rows, index, &(struct hydrant_answer){.error = why});
}

/* "Code: message" of an AWS JSON error. */
static const char *error_text(struct plugin_run *run, int http_status, struct slice body)
{
    const struct json *json = NULL;
    if (json_parse(body, &run->arena, &json) != STATUS_OK)
        json = NULL;
    struct slice type = json_member_string(json, "__type");
    struct slice code = slice_from(type, slice_find(type, '#') + 1);
    struct slice message = json_member_string(json, "message");
    if (message.ptr == NULL)
        message = json_member_string(json, "Message");
    if (slice_is_empty(code))
        code = type;
    if (slice_is_empty(code))
        return arena_printf(&run->arena, "HTTP status %d", http_status);
    return arena_printf(&run->arena, "%.*s%s%.*s", SLICE_ARG(code), message.len > 0 ? ": " : "",
                        SLICE_ARG(message));
}

static void take_answer(struct rows *rows, size_t index, const struct plugin_put *put)
{
    struct slice body = {NULL, 0};
    rows->put += put->http_status == 200;
    if (rows->answers == NULL)
        return;
    if (arena_copy(&rows->run->arena, put->output, &body) != STATUS_OK) {
        give_refusal(rows, index, "put_item: no memory left for the answer");
        return;
    }
    if (put->http_status == 0) {
        const char *why = arena_text(&rows->run->arena, put->output);
        give_refusal(rows, index, why != NULL ? why : "put_item: the call was not made");
        return;
    }
    struct hydrant_answer answer = {
        .http_status = put->http_status, .body = {body.ptr, body.len}, .error = ""};
    if (put->http_status >= 400)
        answer.error = error_text(rows->run, put->http_status, body);
    if (answer.error == NULL)
        answer.error = "put_item: no memory left for the error";
    give_answer(rows, index, &answer);
}

/* ---- calls ------------------------------------------------------------------------------- */

/* Why nothing can be put now; NULL when it can. */
static const char *obstacle(const struct rows *rows)
{
    if (rows->run->phase != PLUGIN_TRANSFORM)
        return "put_item: only inside transform()";
    if (atomic_load(&rows->run->is_abandoned))
        return "put_item: the invocation has timed out";
    if (rows->table == NULL)
        return "put_item: table name or item is missing";
    return NULL;
}

static struct slice put_item_input(struct arena *arena, const char *table,
                                   struct hydrant_bytes item)
{
    struct text input;
    text_init_in(&input, arena, INPUT_MAX_BYTES);
    struct json_writer w = json_writer_make(&input);
    json_begin_object(&w);
    json_put_text(&w, "TableName", table);
    json_put_raw(&w, "Item", slice_make(item.ptr, item.len));
    json_end_object(&w);
    return input.status == STATUS_OK ? text_slice(&input) : slice_make(NULL, 0);
}

/* The call for one item; false when there is none and the answer says why. */
static bool prepare(struct rows *rows, size_t index, struct plugin_put *put)
{
    struct hydrant_bytes item = rows->items[index];
    if (item.len == 0) {
        give_refusal(rows, index, "put_item: table name or item is missing");
        return false;
    }
    *put = (struct plugin_put){.input = put_item_input(&rows->scratch, rows->table, item)};
    if (put->input.ptr == NULL)
        give_refusal(rows, index, "put_item: the item is larger than 2 MiB or memory is out");
    return put->input.ptr != NULL;
}

static void carry_out(struct rows *rows, struct plugin_put *puts, const size_t *indexes,
                      size_t count)
{
    struct plugin_run *run = rows->run;
    enum status status = STATUS_OK;
    if (count > 0)
        status = run->backend->put_items(run, puts, count);
    for (size_t i = 0; i < count; i++) {
        if (status == STATUS_OK)
            take_answer(rows, indexes[i], &puts[i]);
        else
            give_refusal(rows, indexes[i], "put_item: no memory left for the answer");
    }
}

/* As many from `start` on as go to the backend at once. Returns where it ended. */
static size_t put_portion(struct rows *rows, size_t start)
{
    struct plugin_put puts[PLUGIN_PUTS_MAX];
    size_t indexes[PLUGIN_PUTS_MAX];
    const size_t most = rows->run->backend->puts_max;
    size_t called = 0;
    size_t bytes = 0;
    size_t i = start;
    arena_init(&rows->scratch, SCRATCH_MAX_BYTES);
    for (; i < rows->count && called < most && bytes < PORTION_MAX_BYTES; i++) {
        bytes += rows->items[i].len;
        indexes[called] = i;
        called += prepare(rows, i, &puts[called]) ? 1 : 0;
    }
    carry_out(rows, puts, indexes, called);
    arena_clear(&rows->scratch);
    return i;
}

static void put_all(struct rows *rows)
{
    const char *why = obstacle(rows);
    size_t i = 0;
    while (why == NULL && i < rows->count) {
        i = put_portion(rows, i);
        why = obstacle(rows);
    }
    for (; i < rows->count; i++)
        give_refusal(rows, i, why);
}

size_t plugin_put_items(const struct hydrant_host *host, const char *table,
                        const struct hydrant_bytes *items_json, size_t count,
                        struct hydrant_answer *ret_answers)
{
    struct rows rows = {.run = plugin_host_run(host),
                        .table = table,
                        .items = items_json,
                        .count = count,
                        .answers = ret_answers};
    put_all(&rows);
    return rows.put;
}

int plugin_put_item(const struct hydrant_host *host, const char *table,
                    struct hydrant_bytes item_json, struct hydrant_answer *ret_answer)
{
    struct hydrant_answer answer = {.size = sizeof(answer)};
    (void)plugin_put_items(host, table, &item_json, 1, &answer);
    if (ret_answer != NULL)
        copy_answer(ret_answer, ret_answer->size, &answer);
    return answer.http_status;
}
