#include "emulator/transform/plugin_host.h"

#include <string.h>

#include "emulator/base/dates.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/base/utf8.h"
#include "emulator/transform/plugin_backend.h"
#include "emulator/transform/plugin_rows.h"
#include "emulator/transform/runtime_plugin.h"

#define ERROR_MAX_BYTES ((size_t)256 * 1024) /* of an error's type or message, as on AWS */

static struct plugin_run *run_of(const struct hydrant_host *host)
{
    return plugin_host_run(host);
}

/* The host lies in a run of ours that is not constant; the plugin only sees it as constant. */
struct plugin_run *plugin_host_run(const struct hydrant_host *host)
{
    return list_entry(host, struct plugin_run, host);
}

static struct slice slice_of_bytes(struct hydrant_bytes bytes)
{
    return slice_make(bytes.ptr, bytes.len);
}

static int64_t elapsed_us(const struct plugin_run *run)
{
    return run->backend->monotonic_us() - atomic_load(&run->started_us);
}

static int64_t host_now_ms(const struct hydrant_host *host)
{
    const struct plugin_run *run = run_of(host);
    return run->backend->now_ms(run);
}

static int64_t host_remaining_ms(const struct hydrant_host *host)
{
    const struct plugin_run *run = run_of(host);
    int64_t left_ms = run->timeout_ms - elapsed_us(run) / 1000;
    return left_ms > 0 ? left_ms : 0;
}

static void *host_alloc(const struct hydrant_host *host, size_t size)
{
    struct plugin_run *run = run_of(host);
    if (size > run->alloc_left)
        return NULL;
    void *ptr = arena_alloc(&run->arena, size);
    if (ptr != NULL)
        run->alloc_left -= size;
    return ptr;
}

static const char *const level_names[] = {
    [HYDRANT_DEBUG] = "DEBUG",
    [HYDRANT_INFO] = "INFO",
    [HYDRANT_WARNING] = "WARN",
    [HYDRANT_ERROR] = "ERROR",
};

/* As AWS's runtimes write it: one object for each call. */
static void log_as_json(struct plugin_run *run, enum hydrant_level level, struct slice text)
{
    char time[DATE_TEXT_BYTES];
    struct text line;
    if ((int)level < run->least_level)
        return;
    dates_iso_ms(run->backend->now_ms(run), time);
    text_init(&line, 4 * PLUGIN_LOG_MAX_BYTES);
    struct json_writer w = json_writer_make(&line);
    json_begin_object(&w);
    json_put_text(&w, "timestamp", time);
    json_put_text(&w, "level", level_names[level]);
    json_put_text(&w, "requestId", run->request_id);
    json_put_string(&w, "message", text);
    json_end_object(&w);
    if (line.status == STATUS_OK)
        run->backend->log(run, text_slice(&line));
    text_close(&line);
}

static void host_log(const struct hydrant_host *host, enum hydrant_level level, const char *text,
                     size_t len)
{
    static const char *const marks[] = {
        [HYDRANT_DEBUG] = "[DEBUG] ",
        [HYDRANT_INFO] = "",
        [HYDRANT_WARNING] = "[WARNING] ",
        [HYDRANT_ERROR] = "[ERROR] ",
    };
    struct plugin_run *run = run_of(host);
    bool is_known = (unsigned)level < sizeof(marks) / sizeof(marks[0]);
    if (run->log_is_json) {
        struct slice given = slice_first(slice_make(text, len), PLUGIN_LOG_MAX_BYTES);
        log_as_json(run, is_known ? level : HYDRANT_INFO, given);
        return;
    }
    struct text line;
    text_init(&line, 2 * PLUGIN_LOG_MAX_BYTES);
    text_append_text(&line, is_known ? marks[level] : "");
    text_append(&line, slice_first(slice_make(text, len), PLUGIN_LOG_MAX_BYTES));
    if (line.status == STATUS_OK && line.len > 0)
        run->backend->log(run, text_slice(&line));
    text_close(&line);
}

static const char *host_env(const struct hydrant_host *host, const char *name)
{
    const struct plugin_run *run = run_of(host);
    return run->backend->env(run, name);
}

/* It goes into JSON. NULL as it came, or when out of memory. */
static const char *copy_valid(struct arena *arena, const char *given)
{
    if (given == NULL)
        return NULL;
    struct text copy;
    text_init_in(&copy, arena, 3 * ERROR_MAX_BYTES + 1);
    utf8_append_valid(&copy, utf8_first(slice_of(given), ERROR_MAX_BYTES));
    text_append_byte(&copy, '\0');
    return copy.status == STATUS_OK ? copy.ptr : NULL;
}

static void host_fail(const struct hydrant_host *host, const char *type, const char *message)
{
    struct plugin_run *run = run_of(host);
    run->fail_type = copy_valid(&run->arena, type);
    run->fail_message = copy_valid(&run->arena, message);
}

/* ---- emit -------------------------------------------------------------------------------- */

static enum status keep(struct plugin_run *run, struct slice bytes, struct slice *ret_kept)
{
    if (run->backend->keep != NULL)
        return run->backend->keep(run, bytes, ret_kept);
    return arena_copy(&run->arena, bytes, ret_kept);
}

static bool is_inside(struct slice part, struct slice whole)
{
    uintptr_t start = (uintptr_t)whole.ptr;
    uintptr_t at = (uintptr_t)part.ptr;
    return part.len <= whole.len && at >= start && at - start <= whole.len - part.len;
}

/*
 * Beyond what a function may answer the bytes are counted but not kept: the whole invocation
 * fails in the end.
 */
static enum hydrant_status keep_data(struct plugin_run *run, size_t index, struct slice data)
{
    struct lambda_record_result *result = &run->results[index];
    run->response_bytes += data.len / 3 * 4;
    if (run->response_bytes > PLUGIN_RESPONSE_MAX_BYTES)
        return HYDRANT_DONE;
    result->data = data;
    if (data.len == 0 || is_inside(data, run->batch.records[index].data))
        return HYDRANT_DONE;
    enum status status = keep(run, data, &result->data);
    if (status != STATUS_OK)
        result->data = slice_make(NULL, 0);
    return status == STATUS_OK ? HYDRANT_DONE : HYDRANT_NO_MEMORY;
}

static enum hydrant_status host_emit(const struct hydrant_host *host, size_t index,
                                     enum hydrant_result result, struct hydrant_bytes data)
{
    static const enum lambda_result_kind kinds[] = {
        [HYDRANT_OK] = LAMBDA_RESULT_OK,
        [HYDRANT_DROPPED] = LAMBDA_RESULT_DROPPED,
        [HYDRANT_FAILED] = LAMBDA_RESULT_FAILED,
    };
    struct plugin_run *run = run_of(host);
    if (run->phase != PLUGIN_TRANSFORM || atomic_load(&run->is_abandoned))
        return HYDRANT_NOT_NOW;
    if (index >= run->batch.record_count)
        return HYDRANT_BAD_INDEX;
    if ((unsigned)result >= sizeof(kinds) / sizeof(kinds[0]))
        return HYDRANT_BAD_RESULT;
    struct lambda_record_result *own = &run->results[index];
    if (own->kind != LAMBDA_RESULT_MISSING) {
        own->kind = LAMBDA_RESULT_DUPLICATE;
        return HYDRANT_DONE;
    }
    enum hydrant_status status = HYDRANT_DONE;
    if (result == HYDRANT_OK)
        status = keep_data(run, index, slice_of_bytes(data));
    if (status == HYDRANT_DONE)
        own->kind = kinds[result];
    return status;
}

/* Room for one key more: twice as much whenever it is full. */
static struct partition_key *next_key(struct plugin_run *run, struct lambda_record_result *own)
{
    struct partition_key *keys = NULL;
    size_t count = own->key_count;
    if ((count & (count - 1)) != 0) /* between powers of two there is room */
        return (struct partition_key *)(uintptr_t)&own->keys[count];
    keys = arena_alloc(&run->arena, (count == 0 ? 1 : 2 * count) * sizeof(*keys));
    if (keys == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        keys[i] = own->keys[i];
    own->keys = keys;
    return &keys[count];
}

static enum hydrant_status host_emit_partition(const struct hydrant_host *host, size_t index,
                                               const char *name, struct hydrant_bytes value)
{
    struct plugin_run *run = run_of(host);
    struct partition_key copy;
    if (run->phase != PLUGIN_TRANSFORM || atomic_load(&run->is_abandoned))
        return HYDRANT_NOT_NOW;
    if (index >= run->batch.record_count)
        return HYDRANT_BAD_INDEX;
    struct lambda_record_result *own = &run->results[index];
    if (name == NULL || own->key_count == PARTITION_KEYS_MAX)
        return HYDRANT_BAD_RESULT;
    run->response_bytes += slice_of(name).len + value.len;
    if (run->response_bytes > PLUGIN_RESPONSE_MAX_BYTES)
        return HYDRANT_DONE; /* the whole invocation fails in the end */
    struct partition_key *key = next_key(run, own);
    if (key == NULL || keep(run, slice_of(name), &copy.name) != STATUS_OK ||
        keep(run, slice_of_bytes(value), &copy.value) != STATUS_OK)
        return HYDRANT_NO_MEMORY;
    *key = copy;
    own->key_count++;
    return HYDRANT_DONE;
}

void plugin_host_init(struct plugin_run *run)
{
    run->host = (struct hydrant_host){
        .size = sizeof(run->host),
        .abi_major = HYDRANT_ABI_MAJOR,
        .abi_minor = HYDRANT_ABI_MINOR,
        .alloc = host_alloc,
        .log = host_log,
        .emit = host_emit,
        .put_item = plugin_put_item,
        .now_ms = host_now_ms,
        .remaining_ms = host_remaining_ms,
        .env = host_env,
        .fail = host_fail,
        .emit_partition = host_emit_partition,
        .put_items = plugin_put_items,
    };
    run->alloc_left = (size_t)run->memory_mb * 1024 * 1024;
}
