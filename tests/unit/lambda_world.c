#include "tests/unit/lambda_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/auth/principal.h"
#include "emulator/isolation/isolated_helper.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/lambda_internal.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

struct lambda_world world;

static bool isolates;
static const char *own_path; /* not /proc/self/exe, which under valgrind is valgrind */

/* ---- the world around the engine ---- */

static void read_event(struct event_reader *reader, const struct event *event)
{
    (void)reader;
    if (event->kind != EVENT_LOG)
        return;
    text_printf(&world.log, "%.*s %.*s\n", SLICE_ARG(event->log_group),
                SLICE_ARG(event->log_stream));
    for (size_t i = 0; i < event->line_count; i++)
        text_printf(&world.log, "%.*s\n", SLICE_ARG(event->lines[i].text));
}

static void call_port(void *ctx, struct api_port_call *call)
{
    (void)ctx;
    const struct principal *principal = call->principal;
    text_printf(&world.calls, "%s.%s %.*s %.*s\n", call->service, call->operation,
                SLICE_ARG(principal->arn), SLICE_ARG(call->input));
    bool is_refused = world.refused != NULL && memmem(call->input.ptr, call->input.len,
                                                      world.refused, strlen(world.refused)) != NULL;
    call->http_status = is_refused ? 400 : world.port_status;
    call->output = SLICE("{}");
    if (call->http_status >= 400)
        call->output = SLICE("{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
                             "ResourceNotFoundException\",\"message\":\"Requested resource not "
                             "found\"}");
    call->done(call);
}

bool world_is_there(const char *path)
{
    char full[256];
    (void)snprintf(full, sizeof(full), "%s/%s", world.functions, path);
    return access(full, F_OK) == 0;
}

static bool on_turn(struct loop_hook *hook)
{
    (void)hook;
    if (world.waits_until_gone != NULL && world_is_there(world.waits_until_gone))
        return false;
    if (world.refuses != NULL &&
        (world.refuses->reload.is_running || world.refuses->reload.status == STATUS_OK))
        return false;
    if (world.pending == 0 && (!world.waits_for_quiet || lambda_engine_is_quiet(world.engine)))
        loop_stop(world.loop);
    return false;
}

void world_run(void)
{
    loop_run(world.loop);
}

void world_run_until_quiet(void)
{
    world.waits_for_quiet = true;
    world_run();
    world.waits_for_quiet = false;
}

void world_isolate(void)
{
    isolates = true;
}

bool world_is_helper(int argc, char **argv, int *ret_code)
{
    own_path = argv[0];
    isolates = argc == 2 && strcmp(argv[1], "--isolated") == 0;
    if (argc < 3 || strcmp(argv[1], "run-transform") != 0)
        return false;
    *ret_code = argc == 5 ? isolated_helper_probe(argv[3], argv[4]) : isolated_helper_run(128);
    return true;
}

void world_create_engine(void)
{
    const struct lambda_engine_options options = {
        .db = world.db,
        .loop = world.loop,
        .clock = &world.clock,
        .random = &world.random,
        .bus = &world.bus,
        .api_port = &world.port,
        .launcher = isolates ? own_path : NULL,
        .isolates = isolates,
        .functions_folder = world.functions,
        .account = "000000000000",
    };
    assert_ok(lambda_engine_create(&options, &world.engine));
}

int world_set_up(void **state)
{
    if (mem_fault_set_up(state) != 0)
        return -1;
    memset(&world, 0, sizeof(world));
    (void)snprintf(world.folder, sizeof(world.folder), "/tmp/lambda_engine_XXXXXX");
    if (mkdtemp(world.folder) == NULL)
        return -1;
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", world.folder);
    (void)snprintf(world.functions, sizeof(world.functions), "%s/functions", world.folder);
    assert_ok(db_open(path, DB_DURABILITY_NONE, &world.db));
    assert_ok(loop_create(&world.loop));
    assert_ok(sim_clock_init(&world.clock, world.loop));
    sim_clock_set_mode(&world.clock, SIM_CLOCK_FROZEN);
    world.clock.frozen_ms = NOW_MS;
    random_init_seeded(&world.random, 1);
    event_bus_init(&world.bus);
    world.reader.read = read_event;
    event_bus_add(&world.bus, &world.reader);
    world.port.call = call_port;
    world.port_status = 200;
    text_init(&world.log, (size_t)8 << 20);
    text_init(&world.calls, (size_t)1 << 20);
    world.hook.fn = on_turn;
    loop_add_hook(world.loop, &world.hook);
    world_create_engine();
    return 0;
}

int world_tear_down(void **state)
{
    lambda_engine_stop(world.engine);
    world_run_until_quiet();
    assert_int_equal(world.clock.held, 0);
    lambda_engine_destroy(world.engine);
    loop_remove_hook(&world.hook);
    sim_clock_close(&world.clock);
    loop_destroy(world.loop);
    assert_ok(db_commit(world.db));
    db_close(world.db);
    text_close(&world.log);
    text_close(&world.calls);
    function_package_remove(world.folder);
    return mem_fault_tear_down(state);
}

/* ---- invoking ---- */

static void on_done(struct lambda_invocation *invocation)
{
    (void)invocation;
    world.pending--;
}

void world_start(struct lambda_invocation *invocation, const char *function, struct slice event)
{
    *invocation = (struct lambda_invocation){
        .account = SLICE("000000000000"),
        .region = SLICE("us-east-1"),
        .function = slice_of(function),
        .event = event,
        .wants_log_tail = true,
        .limit_ms = world.limit_ms,
        .done = on_done,
    };
    world.pending++;
    lambda_invoke(world.engine, invocation);
}

void world_invoke(struct lambda_invocation *invocation, const char *function, struct slice event)
{
    world_start(invocation, function, event);
    world_run();
}

void world_invoke_batch(struct lambda_invocation *invocation, const char *function,
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
    world.pending++;
    lambda_invoke(world.engine, invocation);
    world_run();
}

void world_add(const char *name, const char *file)
{
    char path[512];
    char reason[LAMBDA_REASON_BYTES] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", PLUGIN_FOLDER, file);
    assert_ok(lambda_engine_add_file(world.engine, SLICE(""), slice_of(name), path, reason));
}

void world_copy_file(const char *from, const char *to)
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
struct function_row world_store(const char *name, const char *plugin, int64_t timeout_s)
{
    static char revision[64]; /* of the last one stored */
    char path[512];
    char from[512];
    (void)snprintf(revision, sizeof(revision), "rev-%s", name);
    (void)snprintf(path, sizeof(path), "%s/%s", world.functions, name);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%s/%s/%s", world.functions, name, revision);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%s/%s/%s/code.so", world.functions, name, revision);
    (void)snprintf(from, sizeof(from), "%s/%s", PLUGIN_FOLDER, plugin);
    world_copy_file(from, path);
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
    db_unit_begin(world.db);
    assert_ok(function_store_insert(world.db, &row));
    assert_ok(db_unit_end(world.db, true));
    return row;
}

bool world_log_has(const char *text)
{
    return world.log.ptr != NULL && strstr(world.log.ptr, text) != NULL;
}
