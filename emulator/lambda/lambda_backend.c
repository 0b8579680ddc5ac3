/*
 * What a transform in the daemon's own process gets from it (plugin_backend.h): time and variables
 * of its function, lines in the invocation's log, rows through the api_gate. On a worker.
 */
#include "emulator/base/json.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/transform/plugin_backend.h"

_Static_assert(PLUGIN_LOG_MAX_BYTES == INVOCATION_LOG_MAX_BYTES, "nothing is cut twice");
_Static_assert(PLUGIN_RESPONSE_MAX_BYTES == RUNTIME_RESPONSE_MAX_BYTES, "one limit for all");

static struct lambda_run *lambda_run_of(struct plugin_run *run)
{
    return list_entry(run, struct lambda_run, run);
}

static const struct lambda_run *constant(const struct plugin_run *run)
{
    return list_entry(run, struct lambda_run, run);
}

static int64_t now_ms(const struct plugin_run *run)
{
    int64_t elapsed_us = loop_monotonic_us() - atomic_load(&run->started_us);
    return run->now_ms + (constant(run)->clock_is_real ? elapsed_us / 1000 : 0);
}

static void begin(struct plugin_run *run)
{
    invocation_log_start(&lambda_run_of(run)->log, now_ms(run), run->request_id, run->version);
}

static void log_lines(struct plugin_run *run, struct slice text)
{
    invocation_log_append(&lambda_run_of(run)->log, now_ms(run), text);
}

static const char *env(const struct plugin_run *run, const char *name)
{
    const struct json *value = json_member(constant(run)->environment, name);
    return json_kind(value) == JSON_STRING ? json_string(value).ptr : NULL;
}

static enum status put_items(struct plugin_run *run, struct plugin_put *puts, size_t count)
{
    struct api_gate_call calls[API_GATE_CALLS_MAX];
    for (size_t i = 0; i < count; i++)
        calls[i] = (struct api_gate_call){.input = puts[i].input};
    enum status status =
        api_gate_run(&lambda_run_of(run)->gate, "dynamodb", "PutItem", calls, count);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        puts[i].http_status = calls[i].http_status;
        puts[i].output = calls[i].output;
    }
    return status;
}

const struct plugin_backend lambda_backend = {
    .monotonic_us = loop_monotonic_us,
    .now_ms = now_ms,
    .begin = begin,
    .log = log_lines,
    .env = env,
    .put_items = put_items,
    .puts_max = API_GATE_CALLS_MAX,
};
