/*
 * app.c
 *
 * Start:  data folder -> loop -> gateway -> sandbox "main" -> server -> "Ready."
 * Stop:   no new connections -> engines take up nothing more -> what is in flight ends and is
 *         committed -> loop ends -> everything is torn down in reverse.
 * When the stop takes longer than STOP_LIMIT_MS (a transform that does not return), the process
 * ends without waiting: what was acknowledged is committed, the rest was never answered.
 */
#include "emulator/app.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/config/config.h"
#include "emulator/gateway.h"
#include "emulator/http/server.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/service_manager.h"
#include "emulator/loop/worker.h"
#include "emulator/ready.h"
#include "emulator/reload.h"
#include "emulator/sandbox.h"
#include "emulator/sandbox_life.h"
#include "emulator/services.h"
#include "storage/folder.h"

#define STOP_LIMIT_MS 800
#define MAX_CONNECTIONS 20000
#define IDLE_TIMEOUT_S 75
#define DESCRIPTORS 65536
#define TEXTS_MAX_BYTES ((size_t)64 * 1024)

struct app {
    struct config *config; /* borrowed, with the sources it came from */
    const struct config_sources *sources;
    struct arena texts;
    const char *folder; /* of the sandboxes, in `texts` */
    int lock;
    int socket;   /* a service manager's; 0: none */
    int program;  /* this program's file; -1: none */
    int terminal; /* one of the standard descriptors; -1: none */
    struct loop *loop;
    struct gateway gateway;
    struct gateway_world world;
    struct sandbox *sandbox;
    struct server *server;
    struct loop_timer stop_limit;
    struct loop_hook stop_hook;
    struct sandbox_drain drain;
    bool is_stopping;
    bool is_drained;
};

static bool report(enum status status, const char *what, const char *name)
{
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "%s %s: %s", what, name, status_text(status));
    return status == STATUS_OK;
}

/* ---- stop ---- */

static void remove_ephemeral(const struct app *app)
{
    if (app->config->ephemeral && app->folder != NULL)
        (void)report(folder_remove(app->folder), "cannot remove", app->folder);
}

/* Without waiting, and without tearing down what something in flight may still use. */
static void leave(const struct app *app)
{
    remove_ephemeral(app);
    _exit(0);
}

static void on_stop_limit(struct loop_timer *timer)
{
    log_line(LOG_WARNING, "something in flight did not end in time; stopping without it");
    leave(list_entry(timer, struct app, stop_limit));
}

/*
 * Nothing is in flight and every answer has left. A job may outlive its call, when the client has
 * gone, and still uses the sandbox.
 */
static bool on_stop_turn(struct loop_hook *hook)
{
    struct app *app = list_entry(hook, struct app, stop_hook);
    if (app->is_drained && server_waiting(app->server) == 0 && worker_is_idle(app->loop))
        loop_stop(app->loop);
    return false;
}

static void on_drained(struct sandbox_drain *drain)
{
    list_entry(drain, struct app, drain)->is_drained = true;
}

static const char *signal_name(int number)
{
    if (number == SIGHUP)
        return "SIGHUP, and the terminal is gone";
    return number == SIGINT ? "SIGINT" : "SIGTERM";
}

static void on_stop_signal(void *arg, int number)
{
    struct app *app = arg;
    log_line(LOG_INFO, "%s: stopping", signal_name(number));
    if (app->is_stopping)
        leave(app);
    app->is_stopping = true;
    ready_over(app->config);
    server_stop_listening(app->server);
    sandbox_drain(app->sandbox, &app->drain, on_drained);
    app->stop_hook.fn = on_stop_turn;
    loop_add_hook(app->loop, &app->stop_hook);
    if (loop_timer_start(app->loop, &app->stop_limit, STOP_LIMIT_MS, on_stop_limit) != STATUS_OK)
        leave(app);
}

/* Nobody would know that it is still there. */
static bool has_lost_terminal(const struct app *app)
{
    return app->terminal >= 0 && isatty(app->terminal) == 0;
}

static void on_hangup(void *arg, int number)
{
    struct app *app = arg;
    if (has_lost_terminal(app))
        on_stop_signal(arg, number);
    else
        reload(app->config, app->sources);
}

/* ---- start ---- */

static bool choose_folder(struct app *app)
{
    if (!app->config->ephemeral) {
        app->folder = app->config->data;
        enum status status = folder_make(app->folder);
        if (status == STATUS_EXISTS)
            log_line(LOG_ERROR, "cannot make the data folder %s: a file is in its way",
                     app->folder);
        else
            (void)report(status, "cannot make the data folder", app->folder);
        return status == STATUS_OK;
    }
    const char *parent = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): before any thread */
    char *folder = arena_printf(&app->texts, "%s/hydrant-XXXXXX", parent != NULL ? parent : "/tmp");
    if (folder == NULL || mkdtemp(folder) == NULL) {
        log_line(LOG_ERROR, "cannot make a temporary folder");
        return false;
    }
    app->folder = folder;
    return true;
}

static bool lock_folder(struct app *app)
{
    enum status status = folder_lock(app->folder, &app->lock);
    if (status == STATUS_BUSY) {
        log_line(LOG_ERROR, "another Hydrant is using %s; stop it or choose --data", app->folder);
        return false;
    }
    return report(status, "cannot lock the data folder", app->folder);
}

/* A connection and an upload take one each; the usual 1,024 are few. More only where it is allowed.
 */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* the old limit serves too */
}

/* What it was started from, if that was one; -1. */
static int find_terminal(void)
{
    if (isatty(STDERR_FILENO) != 0)
        return STDERR_FILENO;
    return isatty(STDOUT_FILENO) != 0 ? STDOUT_FILENO : -1;
}

static bool start_loop(struct app *app)
{
    raise_descriptor_limit();
    worker_set_threads((unsigned)app->config->workers);
    (void)signal(SIGPIPE, SIG_IGN);
    app->terminal = find_terminal();
    enum status status = loop_create(&app->loop);
    if (status == STATUS_OK)
        status = loop_on_signal(app->loop, SIGTERM, on_stop_signal, app);
    if (status == STATUS_OK)
        status = loop_on_signal(app->loop, SIGINT, on_stop_signal, app);
    if (status == STATUS_OK)
        status = loop_on_signal(app->loop, SIGHUP, on_hangup, app);
    return report(status, "cannot start", "the event loop");
}

static bool report_data(enum status status, const char *folder)
{
    if (status == STATUS_UNSUPPORTED)
        log_line(LOG_ERROR, "the data in %s was written by a newer Hydrant; choose another --data",
                 folder);
    else if (status == STATUS_CORRUPT)
        log_line(LOG_ERROR, "the data in %s is damaged or not Hydrant's; choose another --data",
                 folder);
    else
        (void)report(status, "cannot open the data in", folder);
    return status == STATUS_OK;
}

/* What is removed at exit need not outlive the machine: kill -9 is all there is to survive. */
static enum db_durability durability(const struct config *config)
{
    return config->ephemeral ? DB_DURABILITY_NONE : (enum db_durability)config->durability;
}

/*
 * Of this very program, even if its file is replaced: it starts functions' processes. The file is
 * opened by its name, because what runs under valgrind is valgrind.
 */
static const char *own_path(struct app *app)
{
    char name[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", name, sizeof(name) - 1);
    name[length > 0 ? length : 0] = '\0';
    app->program = open(name, O_PATH | O_CLOEXEC);
    if (app->program < 0)
        return arena_printf(&app->texts, "/proc/%ld/exe", (long)getpid());
    return arena_printf(&app->texts, "/proc/%ld/fd/%d", (long)getpid(), app->program);
}

static bool open_sandbox(struct app *app)
{
    const struct sandbox_options options = {
        .root = app->folder,
        .name = "main",
        .durability = durability(app->config),
        .account = app->config->account,
        .region = app->config->region,
        .stream_create_ms = app->config->stream_create_ms,
        .stream_delete_ms = app->config->stream_delete_ms,
        .stream_encrypt_ms = app->config->stream_encrypt_ms,
        .lambda_pending_ms = app->config->lambda_pending_ms,
        .has_quotas = app->config->quotas == CONFIG_QUOTAS_AWS,
        .functions = app->config->functions.items,
        .function_count = app->config->functions.count,
        .launcher = own_path(app),
        .python = app->config->python,
        .node = app->config->node,
        .isolates = app->config->isolation == CONFIG_ISOLATION_WORKER,
        .gateway = &app->gateway,
    };
    if (!report_data(sandbox_open(app->loop, &options, &app->sandbox), app->folder))
        return false;
    gateway_add_world(&app->gateway, &app->world, app->sandbox, sandbox_before_commit);
    return report(sandbox_start(app->sandbox), "cannot take up the work in", app->folder);
}

static bool start_server(struct app *app)
{
    const struct server_options options = {
        .host = app->config->host,
        .port = (uint16_t)app->config->port,
        .socket = app->socket,
        .max_connections = MAX_CONNECTIONS,
        .idle_timeout_s = IDLE_TIMEOUT_S,
        .ctx = &app->gateway,
        .head = gateway_head,
        .run = gateway_run,
        .commit = gateway_commit,
    };
    enum status status = server_start(app->loop, &options, &app->server);
    if (status == STATUS_BUSY)
        log_line(LOG_ERROR,
                 "cannot listen on %s port %d: it is in use or not allowed; try --port 0",
                 options.host, (int)options.port);
    else if (status == STATUS_INVALID)
        log_line(LOG_ERROR, "cannot listen on %s: no such address", options.host);
    else
        return report(status, "cannot start the server on", options.host);
    return false;
}

/* An address, not a name: SDKs then put bucket names into paths. */
static void tell_functions(struct app *app)
{
    const char *host = app->config->host;
    bool is_any =
        strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 || strcmp(host, "localhost") == 0;
    bool is_v6 = !is_any && strchr(host, ':') != NULL;
    const char *url =
        arena_printf(&app->texts, "http://%s%s%s:%u", is_v6 ? "[" : "", is_any ? "127.0.0.1" : host,
                     is_v6 ? "]" : "", server_port(app->server));
    sandbox_serves_at(app->sandbox, url);
}

static bool take_socket(struct app *app)
{
    enum status status = service_manager_socket(&app->socket);
    if (status == STATUS_INVALID)
        log_line(LOG_ERROR, "of a service manager one listening stream socket is wanted");
    return status != STATUS_INVALID;
}

static bool start(struct app *app)
{
    const struct credentials_defaults defaults = {slice_of(app->config->account),
                                                  slice_of(app->config->region)};
    gateway_init(&app->gateway, &services_router, &defaults);
    return take_socket(app) && choose_folder(app) && lock_folder(app) && start_loop(app) &&
           open_sandbox(app) && start_server(app);
}

static void close_all(struct app *app)
{
    server_stop(app->server);
    if (app->loop != NULL)
        loop_timer_close(&app->stop_limit);
    if (app->sandbox != NULL)
        gateway_remove_world(&app->world);
    sandbox_close(app->sandbox);
    loop_destroy(app->loop);
    if (app->lock >= 0)
        (void)close(app->lock);
    if (app->program >= 0)
        (void)close(app->program);
    remove_ephemeral(app);
    arena_clear(&app->texts);
}

int app_run(struct config *config, const struct config_sources *sources)
{
    struct app app = {.config = config, .sources = sources, .lock = -1, .program = -1};
    arena_init(&app.texts, TEXTS_MAX_BYTES);
    list_init(&app.stop_hook.link);
    list_init(&app.world.link);
    reload_apply(config);
    bool started = start(&app);
    if (started) {
        tell_functions(&app);
        ready_listening(config, server_port(app.server));
        ready_say(config, server_port(app.server));
        loop_run(app.loop);
    }
    loop_remove_hook(&app.stop_hook);
    close_all(&app);
    return started ? 0 : 1;
}
