#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/auth/principal.h"
#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/api_port.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/invoke.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"
#include "storage/function_store.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define NOW_MS 1795422007084 /* 2026-11-23T08:20:07.084Z */

static struct world {
    char folder[64];
    char functions[96];
    struct loop *loop;
    struct sim_clock clock;
    struct random random;
    struct event_bus bus;
    struct event_reader reader;
    struct db *db;
    struct api_port port;
    struct lambda_engine *engine;
    struct text log;   /* every line published, "stream: text" */
    struct text calls; /* every call that came through the port */
    int port_status;   /* what the port answers */
    unsigned pending;  /* invocations not answered */
    struct loop_hook hook;
    bool waits_for_quiet;
    const char *waits_until_gone; /* in the functions' folder */
    struct lambda_slot *refuses;  /* wait until this one has refused a changed file */
} w;

/* ---- the world around the engine ---- */

static void read_event(struct event_reader *reader, const struct event *event)
{
    (void)reader;
    if (event->kind != EVENT_LOG)
        return;
    text_printf(&w.log, "%.*s %.*s\n", SLICE_ARG(event->log_group), SLICE_ARG(event->log_stream));
    for (size_t i = 0; i < event->line_count; i++)
        text_printf(&w.log, "%.*s\n", SLICE_ARG(event->lines[i].text));
}

static void call_port(void *ctx, struct api_port_call *call)
{
    (void)ctx;
    const struct principal *principal = call->principal;
    text_printf(&w.calls, "%s.%s %.*s %.*s\n", call->service, call->operation,
                SLICE_ARG(principal->arn), SLICE_ARG(call->input));
    call->http_status = w.port_status;
    call->output = SLICE("{}");
    if (w.port_status >= 400)
        call->output = SLICE("{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                             "ResourceNotFoundException\",\"message\":\"Requested resource not "
                             "found\"}");
    call->done(call);
}

static bool is_there(const char *path)
{
    char full[256];
    (void)snprintf(full, sizeof(full), "%s/%s", w.functions, path);
    return access(full, F_OK) == 0;
}

static bool on_turn(struct loop_hook *hook)
{
    (void)hook;
    if (w.waits_until_gone != NULL && is_there(w.waits_until_gone))
        return false;
    if (w.refuses != NULL &&
        (w.refuses->reload.is_running || w.refuses->reload.status == STATUS_OK))
        return false;
    if (w.pending == 0 && (!w.waits_for_quiet || lambda_engine_is_quiet(w.engine)))
        loop_stop(w.loop);
    return false;
}

static void run(void)
{
    loop_run(w.loop);
}

static void run_until_quiet(void)
{
    w.waits_for_quiet = true;
    run();
    w.waits_for_quiet = false;
}

static void create_engine(void)
{
    const struct lambda_engine_options options = {
        .db = w.db,
        .loop = w.loop,
        .clock = &w.clock,
        .random = &w.random,
        .bus = &w.bus,
        .api_port = &w.port,
        .functions_folder = w.functions,
        .account = "000000000000",
    };
    assert_ok(lambda_engine_create(&options, &w.engine));
}

static int set_up(void **state)
{
    if (mem_fault_set_up(state) != 0)
        return -1;
    memset(&w, 0, sizeof(w));
    (void)snprintf(w.folder, sizeof(w.folder), "/tmp/lambda_engine_XXXXXX");
    if (mkdtemp(w.folder) == NULL)
        return -1;
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", w.folder);
    (void)snprintf(w.functions, sizeof(w.functions), "%s/functions", w.folder);
    assert_ok(db_open(path, DB_DURABILITY_NONE, &w.db));
    assert_ok(loop_create(&w.loop));
    assert_ok(sim_clock_init(&w.clock, w.loop));
    sim_clock_set_mode(&w.clock, SIM_CLOCK_FROZEN);
    w.clock.frozen_ms = NOW_MS;
    random_init_seeded(&w.random, 1);
    event_bus_init(&w.bus);
    w.reader.read = read_event;
    event_bus_add(&w.bus, &w.reader);
    w.port.call = call_port;
    w.port_status = 200;
    text_init(&w.log, (size_t)8 << 20);
    text_init(&w.calls, (size_t)1 << 20);
    w.hook.fn = on_turn;
    loop_add_hook(w.loop, &w.hook);
    create_engine();
    return 0;
}

static int tear_down(void **state)
{
    run_until_quiet();
    assert_int_equal(w.clock.held, 0);
    lambda_engine_destroy(w.engine);
    loop_remove_hook(&w.hook);
    sim_clock_close(&w.clock);
    loop_destroy(w.loop);
    assert_ok(db_commit(w.db));
    db_close(w.db);
    text_close(&w.log);
    text_close(&w.calls);
    function_package_remove(w.folder);
    return mem_fault_tear_down(state);
}

/* ---- invoking ---- */

static void on_done(struct lambda_invocation *invocation)
{
    (void)invocation;
    w.pending--;
}

static void start(struct lambda_invocation *invocation, const char *function, struct slice event)
{
    *invocation = (struct lambda_invocation){
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .function = slice_of(function),
        .event = event,
        .wants_log_tail = true,
        .done = on_done,
    };
    w.pending++;
    lambda_invoke(w.engine, invocation);
}

static void invoke(struct lambda_invocation *invocation, const char *function, struct slice event)
{
    start(invocation, function, event);
    run();
}

static void invoke_batch(struct lambda_invocation *invocation, const char *function,
                         const char *const *words, size_t count)
{
    struct lambda_record records[16] = {{.arrival_ms = 0}};
    static const char *const ids[] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"};
    for (size_t i = 0; i < count; i++)
        records[i] = (struct lambda_record){slice_of(ids[i]), slice_of(words[i]), NOW_MS, NULL};
    struct lambda_batch batch = {
        .invocation_id = SLICE("inv"),
        .region = SLICE("us-east-1"),
        .records = records,
        .record_count = count,
    };
    *invocation = (struct lambda_invocation){
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .function = slice_of(function),
        .batch = &batch,
        .done = on_done,
    };
    w.pending++;
    lambda_invoke(w.engine, invocation);
    run();
}

static void add(const char *name, const char *file)
{
    char path[512];
    char reason[LAMBDA_REASON_BYTES] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", PLUGIN_FOLDER, file);
    assert_ok(lambda_engine_add_file(w.engine, SLICE(""), slice_of(name), path, reason));
}

static void copy_file(const char *from, const char *to)
{
    char bytes[16384];
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    size_t len = 0;
    while ((len = fread(bytes, 1, sizeof(bytes), in)) > 0)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    fclose(out);
}

/* A function as CreateFunction stores it. */
static struct function_row store(const char *name, const char *plugin, int64_t timeout_s)
{
    static char revision[64]; /* of the last one stored */
    char path[512];
    char from[512];
    (void)snprintf(revision, sizeof(revision), "rev-%s", name);
    (void)snprintf(path, sizeof(path), "%s/%s", w.functions, name);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%s/%s/%s", w.functions, name, revision);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%s/%s/%s/code.so", w.functions, name, revision);
    (void)snprintf(from, sizeof(from), "%s/%s", PLUGIN_FOLDER, plugin);
    copy_file(from, path);
    struct function_row row = {
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .name = slice_of(name),
        .runtime = SLICE("provided.al2023"),
        .role = SLICE("arn:aws:iam::000000000000:role/service-role/likes"),
        .handler = SLICE("code"),
        .timeout_s = timeout_s,
        .memory_mb = 128,
        .environment = SLICE("{\"WORD\":\"blue\"}"),
        .log_group = SLICE("/custom/group"),
        .code_revision = slice_of(revision),
        .code_file = SLICE("code.so"),
        .revision_id = SLICE("r1"),
    };
    db_unit_begin(w.db);
    assert_ok(function_store_insert(w.db, &row));
    assert_ok(db_unit_end(w.db, true));
    return row;
}

static bool log_has(const char *text)
{
    return w.log.ptr != NULL && strstr(w.log.ptr, text) != NULL;
}

/* {"records":[{"recordId":"a","data":base64 of one of the words plugin_by_word knows}]} */
#define EVENT(base64) SLICE("{\"records\":[{\"recordId\":\"a\",\"data\":\"" base64 "\"}]}")

/* ---- tests ---- */

static void an_event_comes_back_as_a_response(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    invoke(&invocation, "words", EVENT("dXBwZXI="));

    assert_int_equal(invocation.outcome, LAMBDA_OK);
    assert_slice(invocation.payload,
                 "{\"records\":[{\"recordId\":\"a\",\"result\":\"Ok\",\"data\":\"VVBQRVI=\"}]}");
    assert_true(slice_starts_with(invocation.log_tail, SLICE("START RequestId: ")));
    assert_int_equal(strlen(invocation.request_id), 36);
    lambda_invocation_clear(&invocation);
    lambda_invocation_clear(&invocation);
}

static void every_record_of_a_batch_has_its_result(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    static const char *const words[] = {"keep", "drop", "fail", "leave out", "twice", "upper"};
    struct lambda_invocation invocation;
    invoke_batch(&invocation, "arn:aws:lambda:us-east-1:000000000000:function:words:$LATEST", words,
                 6);

    assert_int_equal(invocation.outcome, LAMBDA_OK);
    const struct lambda_record_result *results = invocation.results;
    assert_int_equal(results[0].kind, LAMBDA_RESULT_OK);
    assert_slice(results[0].data, "keep");
    assert_int_equal(results[1].kind, LAMBDA_RESULT_DROPPED);
    assert_int_equal(results[2].kind, LAMBDA_RESULT_FAILED);
    assert_int_equal(results[3].kind, LAMBDA_RESULT_MISSING);
    assert_int_equal(results[4].kind, LAMBDA_RESULT_DUPLICATE);
    assert_int_equal(results[5].kind, LAMBDA_RESULT_OK);
    assert_slice(results[5].data, "UPPER");
    lambda_invocation_clear(&invocation);
}

static void the_log_has_start_the_functions_lines_end_and_report(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    invoke(&invocation, "words", EVENT(""));
    char expected[512];
    (void)snprintf(expected, sizeof(expected),
                   "START RequestId: %s Version: $LATEST\n[WARNING] two\nlines\nEND RequestId: "
                   "%s\nREPORT RequestId: %s\tDuration: ",
                   invocation.request_id, invocation.request_id, invocation.request_id);
    assert_true(log_has("/aws/lambda/words 2026/11/23/[$LATEST]"));
    assert_true(log_has(expected));
    assert_true(log_has("Init Duration: "));
    assert_false(log_has("no record, but no error"));
    lambda_invocation_clear(&invocation);

    text_clear(&w.log);
    invoke(&invocation, "words", EVENT(""));
    assert_false(log_has("Init Duration: "));
    lambda_invocation_clear(&invocation);
}

static void put_item_goes_through_the_port_with_the_functions_role(void **state)
{
    (void)state;
    (void)store("words", "plugin_by_word.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"put"};
    invoke_batch(&invocation, "words", words, 1);

    assert_slice(invocation.results[0].data, "200 200 ");
    assert_slice(text_slice(&w.calls),
                 "dynamodb.PutItem arn:aws:sts::000000000000:assumed-role/likes/words "
                 "{\"TableName\":\"words\",\"Item\":{\"word\":{\"S\":\"put\"}}}\n");
    lambda_invocation_clear(&invocation);
}

static void put_item_gives_the_error_text(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    w.port_status = 400;
    struct lambda_invocation invocation;
    static const char *const words[] = {"put"};
    invoke_batch(&invocation, "words", words, 1);
    assert_slice(invocation.results[0].data,
                 "400 400 ResourceNotFoundException: Requested resource not found");
    lambda_invocation_clear(&invocation);
}

static void the_function_sees_its_environment_and_virtual_time(void **state)
{
    (void)state;
    (void)store("words", "plugin_by_word.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"env", "time"};
    invoke_batch(&invocation, "words", words, 2);
    assert_slice(invocation.results[0].data, "blue");
    assert_slice(invocation.results[1].data, "1795422007084 1");
    assert_true(log_has("/custom/group 2026/11/23/"));
    lambda_invocation_clear(&invocation);
}

static void a_transform_that_fails_names_its_error(void **state)
{
    (void)state;
    add("fails", "plugin_error.so");
    add("code", "plugin_code.so");
    struct lambda_invocation invocation;
    invoke(&invocation, "fails", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"the transform \\\"refuses\\\" every batch\","
                 "\"errorType\":\"Test.Refused\"}");
    assert_true(log_has("[ERROR] Test.Refused: the transform \"refuses\" every batch\n"));
    lambda_invocation_clear(&invocation);

    invoke(&invocation, "code", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload, "{\"errorMessage\":\"transform() returned 7\","
                                     "\"errorType\":\"Hydrant.TransformFailed\"}");
    lambda_invocation_clear(&invocation);
}

static void an_event_that_is_none_of_firehoses_is_a_function_error(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    invoke(&invocation, "words", SLICE("{\"key\":\"value\"}"));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"A C transform takes events as Firehose sends them: the event "
                 "has no array \\\"records\\\"\",\"errorType\":\"Hydrant.NotAFirehoseEvent\"}");
    lambda_invocation_clear(&invocation);
}

static void more_than_six_megabytes_are_a_function_error(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    static const char *const words[] = {"keep", "big"};
    struct lambda_invocation invocation;
    invoke_batch(&invocation, "words", words, 2);
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size "
                 "(6291556 bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}");
    lambda_invocation_clear(&invocation);
}

static void a_log_without_end_is_cut(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    static const char *const words[] = {"log"};
    struct lambda_invocation invocation;
    invoke_batch(&invocation, "words", words, 1);
    assert_true(log_has("[hydrant] The rest of this invocation's log was cut"));
    assert_true(log_has("REPORT RequestId: "));
    assert_true(w.log.len < (size_t)1200 * 1024);
    lambda_invocation_clear(&invocation);
}

static void an_unknown_function_is_not_found_on_a_later_turn(void **state)
{
    (void)state;
    static const char *const names[] = {
        "nobody", "nobody:1", "arn:aws:lambda:eu-west-1:000000000000:function:words", "a:b:c"};
    add("words", "plugin_by_word.so");
    for (size_t i = 0; i < 4; i++) {
        struct lambda_invocation invocation;
        start(&invocation, names[i], EVENT(""));
        assert_int_equal(w.pending, 1);
        run();
        assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
        lambda_invocation_clear(&invocation);
    }
}

static void invocations_of_one_function_run_one_after_the_other(void **state)
{
    (void)state;
    add("state", "plugin_state.so");
    struct lambda_invocation invocations[5];
    for (size_t i = 0; i < 5; i++)
        start(&invocations[i], "state", EVENT(""));
    run();
    static const char *const data[] = {"djEgc2VlbiAx", "djEgc2VlbiAy", "djEgc2VlbiAz",
                                       "djEgc2VlbiA0", "djEgc2VlbiA1"};
    for (size_t i = 0; i < 5; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof(expected),
                       "{\"records\":[{\"recordId\":\"a\",\"result\":\"Ok\",\"data\":\"%s\"}]}",
                       data[i]);
        assert_slice(invocations[i].payload, expected);
        lambda_invocation_clear(&invocations[i]);
    }
}

static void too_many_that_wait_are_throttled(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    size_t count = LAMBDA_WAITING_MAX + 3;
    struct lambda_invocation *invocations = calloc(count, sizeof(*invocations));
    assert_non_null(invocations);
    size_t throttled = 0;
    for (size_t i = 0; i < count; i++)
        start(&invocations[i], "words", EVENT(""));
    run();
    for (size_t i = 0; i < count; i++) {
        throttled += invocations[i].outcome == LAMBDA_THROTTLED;
        lambda_invocation_clear(&invocations[i]);
    }
    assert_int_equal(throttled, 2); /* one runs, LAMBDA_WAITING_MAX wait */
    free(invocations);
}

static void a_slow_function_is_answered_in_time_and_throttled_until_it_returns(void **state)
{
    (void)state;
    (void)store("slow", "plugin_slow.so", 1);
    struct lambda_invocation first;
    struct lambda_invocation waiting;
    start(&first, "slow", EVENT(""));
    start(&waiting, "slow", EVENT(""));
    run();

    assert_int_equal(first.outcome, LAMBDA_TIMED_OUT);
    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "{\"errorMessage\":\"RequestId: %s Error: Task timed out after 1.00 seconds\","
                   "\"errorType\":\"Sandbox.Timedout\"}",
                   first.request_id);
    assert_slice(first.payload, expected);
    assert_int_equal(waiting.outcome, LAMBDA_THROTTLED);
    assert_true(log_has("going slow\n"));
    assert_true(log_has("\tStatus: timeout\n"));
    lambda_invocation_clear(&first);
    lambda_invocation_clear(&waiting);

    struct lambda_invocation meanwhile;
    invoke(&meanwhile, "slow", EVENT(""));
    assert_int_equal(meanwhile.outcome, LAMBDA_THROTTLED);
    lambda_invocation_clear(&meanwhile);

    run_until_quiet();
    assert_false(log_has("too late"));
    assert_int_equal(w.calls.len, 0); /* its put_item came too late as well */
    struct lambda_invocation again;
    invoke(&again, "slow", EVENT(""));
    assert_int_equal(again.outcome, LAMBDA_TIMED_OUT);
    lambda_invocation_clear(&again);
}

static void a_changed_function_is_loaded_anew(void **state)
{
    (void)state;
    struct function_row row = store("state", "plugin_state.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"a", "b"};
    invoke_batch(&invocation, "state", words, 2);
    assert_slice(invocation.results[1].data, "v1 seen 2");
    lambda_invocation_clear(&invocation);

    row.revision_id = SLICE("r2");
    row.environment = SLICE("{\"FAIL_INIT\":\"1\"}");
    db_unit_begin(w.db);
    assert_ok(function_store_update(w.db, &row));
    assert_ok(db_unit_end(w.db, true));
    invoke_batch(&invocation, "state", words, 1);
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"init was told to fail\",\"errorType\":\"Test.NoInit\"}");
    assert_true(log_has("Status: error\tError Type: Test.NoInit"));
    lambda_invocation_clear(&invocation);

    row.revision_id = SLICE("r3");
    row.environment = SLICE("");
    db_unit_begin(w.db);
    assert_ok(function_store_update(w.db, &row));
    assert_ok(db_unit_end(w.db, true));
    invoke_batch(&invocation, "state", words, 1);
    assert_slice(invocation.results[0].data, "v1 seen 1");
    lambda_invocation_clear(&invocation);
}

static void a_deleted_function_is_gone_when_its_last_invocation_is(void **state)
{
    (void)state;
    struct function_row row = store("state", "plugin_state.so", 30);
    struct lambda_invocation invocation;
    start(&invocation, "state", EVENT(""));
    db_unit_begin(w.db);
    assert_ok(function_store_delete(w.db, row.account, row.region, row.name));
    assert_ok(db_unit_end(w.db, true));
    lambda_engine_forget(w.engine, row.account, row.region, row.name);
    run_until_quiet();
    assert_int_equal(invocation.outcome, LAMBDA_OK);
    lambda_invocation_clear(&invocation);
    invoke(&invocation, "state", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
    lambda_invocation_clear(&invocation);
}

static void code_that_cannot_be_loaded_fails_the_invocation_with_the_reason(void **state)
{
    (void)state;
    (void)store("abi", "plugin_wrong_abi.so", 30);
    struct lambda_invocation invocation;
    invoke(&invocation, "abi", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    char *payload = strndup(invocation.payload.ptr, invocation.payload.len);
    assert_non_null(payload);
    assert_non_null(strstr(payload, "code.so: built for version 2.0 of hydrant.h"));
    assert_non_null(strstr(payload, "\"errorType\":\"Runtime.InvalidEntrypoint\""));
    free(payload);
    lambda_invocation_clear(&invocation);
}

static void a_file_that_cannot_be_loaded_is_not_added(void **state)
{
    (void)state;
    char reason[LAMBDA_REASON_BYTES] = "";
    assert_status(lambda_engine_add_file(w.engine, SLICE(""), SLICE("x"),
                                         PLUGIN_FOLDER "/plugin_no_symbol.so", reason),
                  STATUS_INVALID);
    assert_non_null(strstr(reason, "plugin_no_symbol.so: the symbol hydrant_plugin_entry"));
    assert_status(lambda_engine_add_file(w.engine, SLICE(""), SLICE("x"), "/nowhere/x.so", reason),
                  STATUS_NOT_FOUND);
    assert_non_null(strstr(reason, "/nowhere/x.so"));
    struct lambda_invocation invocation;
    invoke(&invocation, "x", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_NOT_FOUND);
    lambda_invocation_clear(&invocation);
}

/* Invoke until the answer starts with `expected`: the file's change is noticed a little later. */
static void invoke_until(const char *function, const char *expected)
{
    static const char *const words[] = {"a"};
    for (int i = 0; i < 100000; i++) {
        struct lambda_invocation invocation;
        invoke_batch(&invocation, function, words, 1);
        bool is_it = slice_starts_with(invocation.results[0].data, slice_of(expected));
        lambda_invocation_clear(&invocation);
        if (is_it)
            return;
    }
    fail_msg("the file was never reloaded");
}

static void a_changed_file_is_reloaded_and_a_broken_one_is_not(void **state)
{
    (void)state;
    char path[128];
    char other[128];
    char reason[LAMBDA_REASON_BYTES] = "";
    (void)snprintf(path, sizeof(path), "%s/live.so", w.folder);
    (void)snprintf(other, sizeof(other), "%s/other.so", w.folder);
    copy_file(PLUGIN_FOLDER "/plugin_state.so", path);
    assert_ok(lambda_engine_add_file(w.engine, SLICE(""), SLICE("live"), path, reason));
    invoke_until("live", "v1 seen 1");

    copy_file(PLUGIN_FOLDER "/plugin_state_2.so", other);
    assert_int_equal(rename(other, path), 0);
    invoke_until("live", "v2 seen 1");

    copy_file(PLUGIN_FOLDER "/plugin_no_symbol.so", other);
    assert_int_equal(rename(other, path), 0);
    w.refuses = lambda_slot_find(w.engine, SLICE("000000000000"), SLICE(""), SLICE("live"));
    run_until_quiet();
    assert_non_null(strstr(w.refuses->reload.reason, "live.so: the symbol hydrant_plugin_entry"));
    w.refuses = NULL;
    static const char *const words[] = {"a"};
    struct lambda_invocation invocation;
    invoke_batch(&invocation, "live", words, 1);
    assert_slice(invocation.results[0].data, "v2 seen 2");
    lambda_invocation_clear(&invocation);
}

static void functions_of_both_kinds_are_found_and_listed(void **state)
{
    (void)state;
    (void)store("beta", "plugin_by_word.so", 3);
    add("alpha", "plugin_by_word.so");
    add("gamma", "plugin_by_word.so");
    struct arena arena;
    arena_init(&arena, (size_t)1 << 20);
    char seen[64] = "";
    struct function_row row = {.name = SLICE("")};
    while (lambda_engine_next(w.engine, SLICE("000000000000"), SLICE("us-east-1"), row.name, &arena,
                              &row) == STATUS_OK)
        (void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%.*s ",
                       SLICE_ARG(row.name));
    assert_string_equal(seen, "alpha beta gamma ");

    assert_ok(lambda_engine_find(w.engine, SLICE("000000000000"), SLICE("ap-south-1"),
                                 SLICE("alpha"), &arena, &row));
    assert_true(lambda_engine_is_from_file(&row));
    assert_slice(row.region, "ap-south-1");
    assert_slice(row.handler, "plugin_by_word.so");
    assert_status(lambda_engine_find(w.engine, SLICE("111111111111"), SLICE("us-east-1"),
                                     SLICE("alpha"), &arena, &row),
                  STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void code_nobody_refers_to_is_swept_at_the_next_start(void **state)
{
    (void)state;
    (void)store("kept", "plugin_by_word.so", 3);
    char orphan[256];
    char kept[256];
    (void)snprintf(orphan, sizeof(orphan), "%s/lost", w.functions);
    assert_int_equal(mkdir(orphan, 0700), 0);
    (void)snprintf(orphan, sizeof(orphan), "%s/lost/rev-9", w.functions);
    assert_int_equal(mkdir(orphan, 0700), 0);
    (void)snprintf(kept, sizeof(kept), "%s/kept/rev-kept/code.so", w.functions);
    assert_int_equal(access(kept, F_OK), 0);

    lambda_engine_destroy(w.engine);
    create_engine();

    (void)snprintf(orphan, sizeof(orphan), "%s/lost", w.functions);
    assert_int_not_equal(access(orphan, F_OK), 0);
    assert_int_equal(access(kept, F_OK), 0);
}

static void code_of_a_deleted_function_is_removed_a_moment_later(void **state)
{
    (void)state;
    struct function_row row = store("gone", "plugin_by_word.so", 3);
    (void)store("kept", "plugin_by_word.so", 3);
    row.name = SLICE("kept");
    row.code_revision = SLICE("rev-2"); /* so that rev-kept of "kept" is an earlier one */
    db_unit_begin(w.db);
    assert_ok(function_store_update(w.db, &row));
    assert_ok(function_store_delete(w.db, row.account, row.region, SLICE("gone")));
    assert_ok(db_unit_end(w.db, true));
    assert_ok(db_commit(w.db));
    assert_true(is_there("gone/rev-gone/code.so"));

    lambda_engine_sweep(w.engine);
    w.waits_until_gone = "gone";
    run_until_quiet();

    assert_false(is_there("gone"));
    assert_false(is_there("kept/rev-kept"));
    assert_false(is_there(".trash"));
}

static void a_reset_unloads_stored_functions_and_keeps_those_from_files(void **state)
{
    (void)state;
    struct function_row row = store("state", "plugin_state.so", 30);
    add("live", "plugin_state.so");
    static const char *const words[] = {"a"};
    struct lambda_invocation invocation;
    invoke_batch(&invocation, "state", words, 1);
    lambda_invocation_clear(&invocation);
    invoke_batch(&invocation, "live", words, 1);
    lambda_invocation_clear(&invocation);
    db_unit_begin(w.db);
    assert_ok(function_store_delete(w.db, row.account, row.region, row.name));
    assert_ok(db_unit_end(w.db, true));
    assert_ok(db_commit(w.db));

    lambda_engine_reset(w.engine);
    run_until_quiet();

    assert_null(lambda_slot_find(w.engine, row.account, row.region, row.name));
    invoke_batch(&invocation, "live", words, 1);
    assert_slice(invocation.results[0].data, "v1 seen 2");
    lambda_invocation_clear(&invocation);
}

/* Whatever allocation fails, the caller is answered once and the next invocation works. */
static void without_memory_an_invocation_fails_and_nothing_else(void **state)
{
    (void)state;
    add("words", "plugin_by_word.so");
    static const char *const words[] = {"put", "upper"};
    FAULT_SWEEP(mem_fault, n, false) {
        struct lambda_invocation invocation;
        invoke_batch(&invocation, "words", words, 2);
        fault_disarm(mem_fault);
        assert_true(invocation.outcome == LAMBDA_OK ||
                    (mem_fault->fired && (invocation.outcome == LAMBDA_INTERNAL_ERROR ||
                                          invocation.outcome == LAMBDA_FUNCTION_ERROR)));
        if (!mem_fault->fired)
            assert_slice(invocation.results[1].data, "UPPER");
        lambda_invocation_clear(&invocation);
        text_clear(&w.log);
        text_clear(&w.calls);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_comes_back_as_a_response),
        TEST(every_record_of_a_batch_has_its_result),
        TEST(the_log_has_start_the_functions_lines_end_and_report),
        TEST(put_item_goes_through_the_port_with_the_functions_role),
        TEST(put_item_gives_the_error_text),
        TEST(the_function_sees_its_environment_and_virtual_time),
        TEST(a_transform_that_fails_names_its_error),
        TEST(an_event_that_is_none_of_firehoses_is_a_function_error),
        TEST(more_than_six_megabytes_are_a_function_error),
        TEST(a_log_without_end_is_cut),
        TEST(an_unknown_function_is_not_found_on_a_later_turn),
        TEST(invocations_of_one_function_run_one_after_the_other),
        TEST(too_many_that_wait_are_throttled),
        TEST(a_slow_function_is_answered_in_time_and_throttled_until_it_returns),
        TEST(a_changed_function_is_loaded_anew),
        TEST(a_deleted_function_is_gone_when_its_last_invocation_is),
        TEST(code_that_cannot_be_loaded_fails_the_invocation_with_the_reason),
        TEST(a_file_that_cannot_be_loaded_is_not_added),
        TEST(a_changed_file_is_reloaded_and_a_broken_one_is_not),
        TEST(functions_of_both_kinds_are_found_and_listed),
        TEST(code_nobody_refers_to_is_swept_at_the_next_start),
        TEST(code_of_a_deleted_function_is_removed_a_moment_later),
        TEST(without_memory_an_invocation_fails_and_nothing_else),
        TEST(a_reset_unloads_stored_functions_and_keeps_those_from_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
