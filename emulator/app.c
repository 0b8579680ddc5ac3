/*
 * app.c
 *
 * Start:  data folder -> loop -> boot.d, start.d -> gateway -> sandbox "main" -> server -> ready.d
 *         -> "Ready."
 * Stop:   shutdown.d -> no new connections -> engines take up nothing more -> what is in flight
 *         ends and is committed -> loop ends -> everything is torn down in reverse.
 * When the stop takes longer than STOP_LIMIT_MS (a transform that does not return), the process
 * ends without waiting: what was acknowledged is committed, the rest was never answered.
 */
#include "emulator/app.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "emulator/app_folder.h"
#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/config/aliases.h"
#include "emulator/config/config.h"
#include "emulator/gateway.h"
#include "emulator/http/server.h"
#include "emulator/init/init_runner.h"
#include "emulator/loop/child_user.h"
#include "emulator/loop/client_environment.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/service_manager.h"
#include "emulator/loop/worker.h"
#include "emulator/ready.h"
#include "emulator/reload.h"
#include "emulator/sandbox.h"
#include "emulator/sandbox_life.h"
#include "emulator/services.h"

extern char **environ;

#define STOP_LIMIT_MS 800
#define MAX_CONNECTIONS 20000
#define IDLE_TIMEOUT_S 75
#define DESCRIPTORS 65536
#define TEXTS_MAX_BYTES ((size_t)64 * 1024)
#define INIT_MAX_BYTES ((size_t)4 * 1024 * 1024)

struct app {
    struct config *config; /* borrowed, with the sources it came from */
    const struct config_sources *sources;
    struct arena texts;
    struct app_folder folder; /* of the sandboxes */
    int socket;               /* a service manager's; 0: none */
    int program;              /* this program's file; -1: none */
    int terminal;             /* one of the standard descriptors; -1: none */
    struct loop *loop;
    struct gateway gateway;
    struct gateway_world world;
    struct sandbox *sandbox;
    struct server *server;
    struct child_user function_user;
    struct arena init_texts;
    struct init_scripts scripts;
    struct init_runner init;
    struct loop_timer stop_limit;
    struct loop_hook stop_hook;
    struct sandbox_drain drain;
    bool is_stopping;
    bool is_drained;
    int exit_code;
};

static bool report(enum status status, const char *what, const char *name)
{
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "%s %s: %s", what, name, status_text(status));
    return status == STATUS_OK;
}

/* ---- stop ---- */

/* Without waiting, and without tearing down what something in flight may still use. */
static void leave(struct app *app)
{
    init_runner_stop(&app->init);
    app_folder_remove(&app->folder);
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

/* shutdown.d is over. */
static void begin_stop(struct init_runner *init)
{
    struct app *app = list_entry(init, struct app, init);
    server_stop_listening(app->server);
    sandbox_drain(app->sandbox, &app->drain, on_drained);
    app->stop_hook.fn = on_stop_turn;
    loop_add_hook(app->loop, &app->stop_hook);
    if (loop_timer_start(app->loop, &app->stop_limit, STOP_LIMIT_MS, on_stop_limit) != STATUS_OK)
        leave(app);
}

/* Scripts of the start that still run are killed; what comes after them sees that it is over. */
static void on_stop_signal(void *arg, int number)
{
    struct app *app = arg;
    log_line(LOG_INFO, "%s: stopping", signal_name(number));
    if (app->is_stopping)
        leave(app);
    app->is_stopping = true;
    ready_over(app->config);
    if (init_runner_is_running(&app->init))
        init_runner_stop(&app->init);
    else
        init_runner_run(&app->init, INIT_SHUTDOWN, begin_stop);
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
        .root = app->folder.path,
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
        .function_user = app->function_user,
        .clock_mode = app->config->clock,
        .init = &app->scripts,
        .isolates = app->config->isolation == CONFIG_ISOLATION_WORKER,
        .gateway = &app->gateway,
    };
    if (!report_data(sandbox_open(app->loop, &options, &app->sandbox), app->folder.path))
        return false;
    gateway_add_world(&app->gateway, &app->world, app->sandbox, sandbox_before_commit);
    return report(sandbox_start(app->sandbox), "cannot take up the work in", app->folder.path);
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
static const char *own_url(struct app *app, unsigned port)
{
    const char *host = app->config->host;
    bool is_any =
        strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0 || strcmp(host, "localhost") == 0;
    bool is_v6 = !is_any && strchr(host, ':') != NULL;
    return arena_printf(&app->texts, "http://%s%s%s:%u", is_v6 ? "[" : "",
                        is_any ? "127.0.0.1" : host, is_v6 ? "]" : "", port);
}

static bool take_socket(struct app *app)
{
    enum status status = service_manager_socket(&app->socket);
    if (status == STATUS_INVALID)
        log_line(LOG_ERROR, "of a service manager one listening stream socket is wanted");
    return status != STATUS_INVALID;
}

static bool start_serving(struct app *app)
{
    const struct credentials_defaults defaults = {slice_of(app->config->account),
                                                  slice_of(app->config->region)};
    gateway_init(&app->gateway, &services_router, &defaults);
    app->gateway.allowed =
        (struct allowed_hosts){app->config->allowed_hosts.items, app->config->allowed_hosts.count};
    if (!open_sandbox(app) || !start_server(app))
        return false;
    sandbox_serves_at(app->sandbox, own_url(app, server_port(app->server)));
    ready_listening(app->config, server_port(app->server));
    return true;
}

/* ---- the user's scripts, and what is between them ---- */

static bool find_scripts(struct app *app)
{
    const char *where = NULL;
    enum status status = init_scripts_find(app->config->init.items, app->config->init.count,
                                           &app->init_texts, &app->scripts, &where);
    app->init.loop = app->loop;
    app->init.scripts = &app->scripts;
    app->init.arena = &app->init_texts;
    app->init.python = app->config->python;
    return report(status, "cannot read the scripts in", where);
}

static bool run_scripts(struct app *app, enum init_stage stage, int64_t port,
                        void (*done)(struct init_runner *init))
{
    app->init.environment = client_environment(&app->init_texts, (const char *const *)environ,
                                               own_url(app, (unsigned)port), app->config->region);
    if (app->init.environment == NULL)
        return report(STATUS_NO_MEMORY, "cannot run the scripts of", init_stage_folder(stage));
    init_runner_run(&app->init, stage, done);
    return true;
}

static void end_with(struct app *app, int exit_code)
{
    app->exit_code = exit_code;
    loop_stop(app->loop);
}

static void on_ready_done(struct init_runner *init)
{
    struct app *app = list_entry(init, struct app, init);
    if (app->is_stopping)
        init_runner_run(init, INIT_SHUTDOWN, begin_stop);
    else
        ready_say(app->config, server_port(app->server));
}

static void on_start_done(struct init_runner *init)
{
    struct app *app = list_entry(init, struct app, init);
    if (app->is_stopping)
        end_with(app, 0);
    else if (!start_serving(app) ||
             !run_scripts(app, INIT_READY, server_port(app->server), on_ready_done))
        end_with(app, 1);
}

static void on_boot_done(struct init_runner *init)
{
    struct app *app = list_entry(init, struct app, init);
    if (app->is_stopping)
        end_with(app, 0);
    else
        init_runner_run(init, INIT_START, on_start_done);
}

static bool find_function_user(struct app *app)
{
    const char *name = app->config->function_user;
    enum status status = child_user_find(name, &app->function_user);
    if (status == STATUS_DENIED)
        log_line(LOG_ERROR, "--function-user %s: only root can run functions as another user",
                 name);
    else
        (void)report(status, "there is no", "--function-user");
    return status == STATUS_OK;
}

static bool start(struct app *app)
{
    return take_socket(app) && find_function_user(app) &&
           app_folder_take(&app->folder, app->config, &app->texts) && start_loop(app) &&
           find_scripts(app) && run_scripts(app, INIT_BOOT, app->config->port, on_boot_done);
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
    if (app->program >= 0)
        (void)close(app->program);
    app_folder_leave(&app->folder);
    arena_clear(&app->init_texts);
    arena_clear(&app->texts);
}

static void tell_of_aliases(const struct app *app)
{
    struct text names;
    text_init(&names, TEXTS_MAX_BYTES);
    if (app->config->in_place_of == CONFIG_IN_PLACE_OF_LOCALSTACK)
        aliases_without_effect(app->sources, &names);
    if (names.len > 0)
        log_line(LOG_INFO, "these variables of LocalStack have no effect here:%.*s",
                 SLICE_ARG(text_slice(&names)));
    text_close(&names);
}

int app_run(struct config *config, const struct config_sources *sources)
{
    struct app app = {
        .config = config, .sources = sources, .folder = APP_FOLDER_NONE, .program = -1};
    arena_init(&app.texts, TEXTS_MAX_BYTES);
    arena_init(&app.init_texts, INIT_MAX_BYTES);
    list_init(&app.stop_hook.link);
    list_init(&app.world.link);
    reload_apply(config);
    tell_of_aliases(&app);
    if (start(&app))
        loop_run(app.loop);
    else
        app.exit_code = 1;
    loop_remove_hook(&app.stop_hook);
    close_all(&app);
    return app.exit_code;
}
