/*
 * sandbox_life.c
 *
 * Opening order, and why: the database first (everything reads it), blobs, clock and bus, the
 * readers of the bus before its publishers, then the engines: Lambda before delivery, which calls
 * it. Closing is the reverse. Every pointer is NULL until its part is there, so a sandbox that
 * opened half is closed the same way.
 */
#include "emulator/sandbox_life.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/checkpointer.h"
#include "emulator/clock_keeper.h"
#include "emulator/delivery/delivery.h"
#include "emulator/gateway.h"
#include "emulator/key_finder.h"
#include "emulator/lambda/api_port.h"
#include "emulator/lambda/event_queue.h"
#include "emulator/lambda/event_source.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/lambda/session_port.h"
#include "emulator/loop/loop.h"
#include "emulator/metric_saver.h"
#include "emulator/row_sweeper.h"
#include "emulator/runtime_server.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/cloudwatch/metric_reader.h"
#include "handlers/dynamodb/table_upkeep.h"
#include "handlers/dynamodb/value_writer.h"
#include "handlers/logs/log_expiry.h"
#include "handlers/logs/log_forwarder.h"
#include "handlers/logs/log_reader.h"
#include "handlers/s3/s3_lifecycle.h"
#include "handlers/s3/s3_upkeep.h"
#include "handlers/sts/session_keys.h"
#include "storage/blobs.h"
#include "storage/folder.h"
#include "storage/object_store.h"
#include "storage/table_store.h"

#define TEXTS_MAX_BYTES ((size_t)64 * 1024)

struct home {
    struct sandbox sandbox; /* first: a sandbox is its home */
    struct sandbox_options options;
    struct arena texts;
    struct api_port api_port;
    struct runtime_server runtime_server;
    struct runtime_port runtime_port;
    struct session_port session_port;
    struct log_reader log_reader;
    struct metric_reader metric_reader;
    struct metric_saver metric_saver;
    struct checkpointer checkpointer;
    struct row_sweeper row_sweeper;
    struct s3_upkeep *s3_upkeep;
    struct clock_keeper clock_keeper;
    struct key_finder key_finder;
    bool has_clock;
    struct loop_hook turn;       /* waits for all to be quiet; behind the hooks of its parts */
    struct sandbox_drain *drain; /* borrowed; NULL when nobody waits */
    struct delivery_drain delivery_drain;
    bool delivery_is_drained;
    struct loop_task drained;
    struct loop_task reset;
    struct list resets; /* struct sandbox_reset, to be answered by it */
};

static struct home *home_of(struct sandbox *sandbox)
{
    return list_entry(sandbox, struct home, sandbox);
}

static const char *path_in(struct home *home, const char *name)
{
    return arena_printf(&home->texts, "%s/%s", home->sandbox.folder, name);
}

/* ---- reset ---- */

static enum status wipe(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    if (!list_is_empty(&sandbox->clock.advances))
        return STATUS_BUSY;
    enum status status = db_wipe(sandbox->db);
    if (status == STATUS_OK)
        status = object_store_sweep(sandbox->db, sandbox->blobs);
    if (status != STATUS_OK)
        return status;
    lambda_engine_reset(sandbox->lambda);
    clock_keeper_reset(&home->clock_keeper);
    return STATUS_OK;
}

static void on_reset(struct loop_task *task)
{
    struct home *home = list_entry(task, struct home, reset);
    (void)gateway_commit(home->options.gateway);
    enum status status = wipe(home);
    struct list *link = NULL;
    while ((link = list_take_first(&home->resets)) != NULL) {
        struct sandbox_reset *request = list_entry(link, struct sandbox_reset, link);
        request->done(request, status);
    }
}

static void reset(struct sandbox *sandbox, struct sandbox_reset *request)
{
    struct home *home = home_of(sandbox);
    list_append(&home->resets, &request->link);
    loop_defer(sandbox->loop, &home->reset);
}

void sandbox_serves_at(struct sandbox *sandbox, const char *url)
{
    home_of(sandbox)->runtime_server.aws_url = url;
}

void sandbox_before_commit(struct sandbox *sandbox)
{
    struct home *home = home_of(sandbox);
    clock_keeper_save(&home->clock_keeper);
    metric_saver_turn(&home->metric_saver);
}

static void settle(struct sandbox *sandbox)
{
    metric_saver_settle(&home_of(sandbox)->metric_saver);
}

/* ---- drain ---- */

static void on_drained(struct loop_task *task)
{
    struct home *home = list_entry(task, struct home, drained);
    struct sandbox_drain *drain = home->drain;
    home->drain = NULL;
    settle(&home->sandbox);
    (void)gateway_commit(home->options.gateway);
    drain->done(drain);
}

static bool on_turn(struct loop_hook *hook)
{
    struct home *home = list_entry(hook, struct home, turn);
    if (home->drain == NULL || !home->delivery_is_drained ||
        !lambda_engine_is_quiet(home->sandbox.lambda) || home->runtime_server.endpoints > 0 ||
        !log_forwarder_is_idle(home->sandbox.log_forwarder) ||
        !s3_upkeep_is_idle(home->s3_upkeep) || !checkpointer_is_idle(&home->checkpointer) ||
        home->drained.waiting)
        return false;
    loop_defer(home->sandbox.loop, &home->drained);
    return true;
}

static void on_delivery_drained(struct delivery_drain *drain)
{
    list_entry(drain, struct home, delivery_drain)->delivery_is_drained = true;
}

void sandbox_drain(struct sandbox *sandbox, struct sandbox_drain *drain,
                   void (*done)(struct sandbox_drain *drain))
{
    struct home *home = home_of(sandbox);
    drain->done = done;
    home->drain = drain;
    home->delivery_drain.done = on_delivery_drained;
    s3_upkeep_stop(home->s3_upkeep);
    delivery_engine_stop(sandbox->delivery);
    event_queue_stop(sandbox->events);
    event_sources_stop(sandbox->event_sources);
    log_forwarder_stop(sandbox->log_forwarder);
    log_expiry_stop(sandbox->log_expiry);
    table_upkeep_stop(sandbox->table_upkeep);
    s3_lifecycle_stop(sandbox->s3_lifecycle);
    lambda_engine_stop(sandbox->lambda);
    delivery_engine_drain(sandbox->delivery, &home->delivery_drain);
}

/* ---- open ---- */

static void call_api(void *ctx, struct api_port_call *port_call)
{
    struct home *home = ctx;
    gateway_call_inside(home->options.gateway, &home->sandbox, port_call);
}

static enum status open_session(void *ctx, struct arena *arena, struct session *session,
                                int64_t duration_s)
{
    return session_keys_open(ctx, arena, session, duration_s);
}

static enum status open_data(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const char *database = path_in(home, "hydrant.db");
    const char *blobs = path_in(home, "blobs");
    if (database == NULL || blobs == NULL)
        return STATUS_NO_MEMORY;
    enum status status = folder_make(sandbox->folder);
    if (status == STATUS_OK)
        status = db_open(database, home->options.durability, &sandbox->db);
    if (status == STATUS_OK)
        status = blob_store_open(blobs, home->options.durability == DB_DURABILITY_POWER,
                                 &sandbox->blobs);
    if (status == STATUS_OK)
        status = object_store_sweep(sandbox->db, sandbox->blobs);
    if (status == STATUS_OK)
        status = table_cache_create(sandbox->db, &sandbox->tables);
    return status;
}

static enum status open_upkeep(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const char *tree = path_in(home, "s3");
    if (tree == NULL)
        return STATUS_NO_MEMORY;
    enum status status = checkpointer_start(&home->checkpointer, sandbox->loop, sandbox->db);
    if (status != STATUS_OK)
        return status;
    row_sweeper_start(&home->row_sweeper, sandbox->loop, sandbox->db);
    return s3_upkeep_create(sandbox->loop, sandbox->db, sandbox->blobs, tree, &home->s3_upkeep);
}

static enum status open_world(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    sandbox->init = home->options.init;
    random_init(&sandbox->random);
    event_bus_init(&sandbox->bus);
    sandbox->shape_cache = shape_cache_create();
    enum status status = sim_clock_init(&sandbox->clock, sandbox->loop);
    home->has_clock = status == STATUS_OK;
    if (status == STATUS_OK)
        status = clock_keeper_init(&home->clock_keeper, sandbox->db, &sandbox->clock);
    if (status == STATUS_OK)
        sim_clock_set_mode(&sandbox->clock, (enum sim_clock_mode)home->options.clock_mode);
    if (status == STATUS_OK && sandbox->shape_cache == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        key_finder_init(&home->key_finder, sandbox->db, &sandbox->clock);
        sandbox->keys = &home->key_finder.port;
        log_reader_init(&home->log_reader, sandbox->db, &sandbox->bus);
        metric_reader_init(&home->metric_reader, sandbox->db, &sandbox->bus);
        metric_saver_init(&home->metric_saver, sandbox->loop, &home->metric_reader);
    }
    return status;
}

/* Where functions run as another user, they read their code there, and nothing else. */
static enum status let_functions_pass(struct home *home)
{
    if (!home->options.function_user.is_another)
        return STATUS_OK;
    enum status status = folder_let_pass(home->options.root, NULL);
    return status == STATUS_OK ? folder_let_pass(home->sandbox.folder, "functions") : status;
}

static enum status open_lambda(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    enum status status = let_functions_pass(home);
    if (status != STATUS_OK)
        return status;
    home->api_port = (struct api_port){.ctx = home, .call = call_api};
    home->runtime_server = (struct runtime_server){.sandbox = sandbox};
    home->runtime_port = runtime_server_port(&home->runtime_server);
    home->session_port = (struct session_port){.ctx = sandbox, .open = open_session};
    const struct lambda_engine_options options = {
        .db = sandbox->db,
        .loop = sandbox->loop,
        .clock = &sandbox->clock,
        .random = &sandbox->random,
        .bus = &sandbox->bus,
        .api_port = &home->api_port,
        .runtime_port = &home->runtime_port,
        .session_port = &home->session_port,
        .launcher = home->options.launcher,
        .python = home->options.python,
        .node = home->options.node,
        .function_user = home->options.function_user,
        .isolates = home->options.isolates,
        .functions_folder = path_in(home, "functions"),
        .account = home->options.account,
    };
    if (options.functions_folder == NULL)
        return STATUS_NO_MEMORY;
    return lambda_engine_create(&options, &sandbox->lambda);
}

static enum status open_events(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const struct event_queue_options options = {
        .db = sandbox->db,
        .loop = sandbox->loop,
        .clock = &sandbox->clock,
        .lambda = sandbox->lambda,
    };
    return event_queue_create(&options, &sandbox->events);
}

static enum status open_event_sources(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const struct event_sources_options options = {
        .db = sandbox->db,
        .loop = sandbox->loop,
        .clock = &sandbox->clock,
        .lambda = sandbox->lambda,
        .write_item = value_writer_write_item,
    };
    return event_sources_create(&options, &sandbox->event_sources);
}

static enum status open_logs(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const struct log_forwarder_options options = {
        .db = sandbox->db,
        .loop = sandbox->loop,
        .clock = &sandbox->clock,
        .random = &sandbox->random,
        .events = sandbox->events,
        .api_port = &home->api_port,
    };
    enum status status = log_forwarder_create(&options, &sandbox->log_forwarder);
    if (status == STATUS_OK)
        status =
            log_expiry_create(sandbox->db, sandbox->loop, &sandbox->clock, &sandbox->log_expiry);
    if (status == STATUS_OK)
        status = table_upkeep_create(sandbox, &sandbox->table_upkeep);
    if (status == STATUS_OK)
        status = s3_lifecycle_create(sandbox->db, sandbox->loop, &sandbox->clock,
                                     &sandbox->s3_lifecycle);
    home->log_reader.forwarder = sandbox->log_forwarder;
    return status;
}

static enum status open_delivery(struct home *home)
{
    struct sandbox *sandbox = &home->sandbox;
    const struct delivery_deps deps = {
        .loop = sandbox->loop,
        .db = sandbox->db,
        .blobs = sandbox->blobs,
        .clock = &sandbox->clock,
        .random = &sandbox->random,
        .bus = &sandbox->bus,
        .lambda = sandbox->lambda,
        .launcher = home->options.launcher,
        .create_delay_ms = home->options.stream_create_ms,
        .delete_delay_ms = home->options.stream_delete_ms,
        .encrypt_delay_ms = home->options.stream_encrypt_ms,
        .has_quotas = home->options.has_quotas,
    };
    return delivery_engine_create(&deps, &sandbox->delivery);
}

static enum status open_parts(struct home *home)
{
    enum status status = open_data(home);
    if (status == STATUS_OK)
        status = open_upkeep(home);
    if (status == STATUS_OK)
        status = open_world(home);
    if (status == STATUS_OK)
        status = open_lambda(home);
    if (status == STATUS_OK)
        status = open_events(home);
    if (status == STATUS_OK)
        status = open_event_sources(home);
    if (status == STATUS_OK)
        status = open_logs(home);
    if (status == STATUS_OK)
        status = open_delivery(home);
    return status;
}

enum status sandbox_open(struct loop *loop, const struct sandbox_options *options,
                         struct sandbox **ret_sandbox)
{
    struct home *home = mem_zalloc(sizeof(*home));
    if (home == NULL)
        return STATUS_NO_MEMORY;
    home->options = *options;
    arena_init(&home->texts, TEXTS_MAX_BYTES);
    loop_task_init(&home->drained, on_drained);
    loop_task_init(&home->reset, on_reset);
    list_init(&home->resets);
    home->turn.fn = on_turn;
    list_init(&home->turn.link);
    struct sandbox *sandbox = &home->sandbox;
    sandbox->name = options->name;
    sandbox->folder = arena_printf(&home->texts, "%s/%s", options->root, options->name);
    sandbox->loop = loop;
    sandbox->settle = settle;
    sandbox->reset = reset;
    sandbox->lambda_pending_ms = options->lambda_pending_ms;
    enum status status = sandbox->folder != NULL ? open_parts(home) : STATUS_NO_MEMORY;
    loop_add_hook(loop, &home->turn);
    if (status != STATUS_OK) {
        if (sandbox->db != NULL)
            log_line(LOG_ERROR, "sandbox %s: %s", sandbox->name, db_error_text(sandbox->db));
        sandbox_close(sandbox);
        return status;
    }
    *ret_sandbox = sandbox;
    return STATUS_OK;
}

/* ---- start ---- */

/* `given` is NAME=path.so; the configuration has checked that there is a '='. */
static enum status add_function(struct home *home, const char *given)
{
    struct slice path = slice_of(given);
    struct slice name = slice_cut(&path, '=');
    char reason[LAMBDA_REASON_BYTES] = "";
    enum status status = lambda_engine_add_file(home->sandbox.lambda, slice_make(NULL, 0), name,
                                                path.ptr != NULL ? path.ptr : "", reason);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "--function %s: %s", given,
                 reason[0] != '\0' ? reason : status_text(status));
    return status;
}

enum status sandbox_start(struct sandbox *sandbox)
{
    struct home *home = home_of(sandbox);
    for (size_t i = 0; i < home->options.function_count; i++) {
        enum status status = add_function(home, home->options.functions[i]);
        if (status != STATUS_OK)
            return status;
    }
    event_queue_start(sandbox->events);
    event_sources_start(sandbox->event_sources);
    log_forwarder_start(sandbox->log_forwarder);
    log_expiry_start(sandbox->log_expiry);
    table_upkeep_start(sandbox->table_upkeep);
    s3_lifecycle_start(sandbox->s3_lifecycle);
    return delivery_engine_start(sandbox->delivery);
}

/* ---- close ---- */

void sandbox_close(struct sandbox *sandbox)
{
    if (sandbox == NULL)
        return;
    struct home *home = home_of(sandbox);
    loop_remove_hook(&home->turn);
    loop_task_cancel(&home->drained);
    loop_task_cancel(&home->reset);
    delivery_engine_destroy(sandbox->delivery);
    home->log_reader.forwarder = NULL;
    log_forwarder_destroy(sandbox->log_forwarder);
    table_upkeep_destroy(sandbox->table_upkeep);
    log_expiry_destroy(sandbox->log_expiry);
    s3_lifecycle_destroy(sandbox->s3_lifecycle);
    event_sources_destroy(sandbox->event_sources);
    event_queue_destroy(sandbox->events);
    lambda_engine_destroy(sandbox->lambda);
    metric_saver_close(&home->metric_saver);
    metric_reader_close(&home->metric_reader);
    log_reader_close(&home->log_reader);
    if (home->has_clock)
        sim_clock_close(&sandbox->clock);
    shape_cache_destroy(sandbox->shape_cache);
    s3_upkeep_destroy(home->s3_upkeep);
    row_sweeper_stop(&home->row_sweeper);
    checkpointer_stop(&home->checkpointer);
    table_cache_close(sandbox->tables);
    blob_store_close(sandbox->blobs);
    db_close(sandbox->db);
    arena_clear(&home->texts);
    mem_free(home);
}
