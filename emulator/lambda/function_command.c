#include "emulator/lambda/function_command.h"

#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/lambda/function_keys.h"
#include "emulator/loop/child_user.h"
#include "emulator/loop/program_path.h"
#include "storage/function_store.h"

#define FUNCTION_PATH "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin"

/* Of a language that runs on a bootstrap of ours. */
struct language {
    const char *prefix;    /* of the runtime's name */
    const char *program;   /* to look for */
    const char *bootstrap; /* in the bootstrap folder */
    bool has_versions;     /* is there a program named like the runtime, "python3.12"? */
};

static const struct language languages[] = {
    {"python3.", "python3", "bootstrap.py", true},
    {"nodejs", "node", "bootstrap.mjs", false},
};

static const struct language *language_of(struct slice runtime)
{
    for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
        if (slice_starts_with(runtime, slice_of(languages[i].prefix)))
            return &languages[i];
    return NULL;
}

bool function_command_is_known(struct slice runtime)
{
    return language_of(runtime) != NULL || slice_equal_text(runtime, "provided.al2") ||
           slice_equal_text(runtime, "provided.al2023");
}

/* ---- program ----------------------------------------------------------------------------- */

static const char *setting_of(const struct function_command_settings *settings,
                              const struct language *language)
{
    const char *given = language->has_versions ? settings->python : settings->node;
    return given != NULL && given[0] != '\0' ? given : NULL;
}

static const char *find_interpreter(const struct function_command_settings *settings,
                                    const struct language *language, const struct function_row *row,
                                    struct arena *arena, struct function_command *command)
{
    const char *given = setting_of(settings, language);
    if (given != NULL)
        return given;
    const char *exact = arena_text(arena, row->runtime);
    const char *found =
        language->has_versions && exact != NULL ? program_path_find(arena, exact) : NULL;
    if (found != NULL)
        return found;
    found = program_path_find(arena, language->program);
    if (found != NULL && language->has_versions)
        command->warning = arena_printf(arena, "[hydrant] There is no %.*s here; running on %s.",
                                        SLICE_ARG(row->runtime), found);
    return found;
}

static enum status find_program_of(const struct function_command_settings *settings,
                                   const struct function_row *row,
                                   const struct function_command_place *place, struct arena *arena,
                                   struct function_command *command, const char *program[2])
{
    const struct language *language = language_of(row->runtime);
    if (language != NULL) {
        program[0] = find_interpreter(settings, language, row, arena, command);
        program[1] = arena_printf(arena, "%s/%s", settings->bootstrap_folder, language->bootstrap);
        if (program[1] == NULL)
            return STATUS_NO_MEMORY;
        if (program[0] == NULL)
            command->problem = arena_printf(
                arena,
                "Hydrant found no %s on its PATH to run %.*s; install one, or name one with "
                "--%s",
                language->program, SLICE_ARG(row->runtime),
                language->has_versions ? "python" : "node");
        return program[0] != NULL ? STATUS_OK : STATUS_NOT_FOUND;
    }
    program[0] = arena_printf(arena, "%s/bootstrap", place->code_folder);
    if (program[0] == NULL)
        return STATUS_NO_MEMORY;
    if (access(program[0], X_OK) == 0)
        return STATUS_OK;
    command->problem = access(program[0], F_OK) == 0 ? "bootstrap in the package is not executable"
                                                     : "the package has no file bootstrap";
    return STATUS_NOT_FOUND;
}

#define TASK_ROOT "/var/task/"
#define OPT_ROOT "/opt/"

/* A path as AWS has it, where it is here. */
static const char *path_here(const struct function_command_place *place, struct slice path,
                             struct arena *arena)
{
    const char *folder = NULL;
    size_t root = 0;
    if (slice_starts_with(path, SLICE(TASK_ROOT))) {
        folder = place->code_folder;
        root = sizeof(TASK_ROOT) - 1;
    } else if (slice_starts_with(path, SLICE(OPT_ROOT)) && place->opt_folder != NULL) {
        folder = place->opt_folder;
        root = sizeof(OPT_ROOT) - 1;
    }
    if (folder == NULL)
        return arena_text(arena, path);
    return arena_printf(arena, "%s/%.*s", folder, SLICE_ARG(slice_from(path, root)));
}

/* The function's own program around an interpreter; none around "bootstrap", as on AWS. */
static enum status find_wrapper(const struct json *own, const struct function_row *row,
                                const struct function_command_place *place, struct arena *arena,
                                struct function_command *command, const char **ret_wrapper)
{
    struct slice wrapper = json_member_string(own, "AWS_LAMBDA_EXEC_WRAPPER");
    if (wrapper.len == 0 || language_of(row->runtime) == NULL)
        return STATUS_OK;
    const char *path = path_here(place, wrapper, arena);
    if (path == NULL)
        return STATUS_NO_MEMORY;
    *ret_wrapper = path;
    if (access(path, X_OK) == 0)
        return STATUS_OK;
    command->problem =
        arena_printf(arena, "AWS_LAMBDA_EXEC_WRAPPER %.*s is no program", SLICE_ARG(wrapper));
    return STATUS_NOT_FOUND;
}

/* What the launcher is told (emulator/cli/run_function.c). */
struct arguments {
    const char **texts;
    size_t count;
};

#define ARGUMENTS_MAX 20

static void add(struct arguments *a, const char *text)
{
    a->texts[a->count++] = text;
}

static void add_option(struct arguments *a, const char *name, const char *value)
{
    if (value == NULL)
        return;
    add(a, name);
    add(a, value);
}

static enum status add_launcher(struct arguments *a,
                                const struct function_command_settings *settings,
                                const struct function_command_place *place, struct arena *arena)
{
    const struct child_user *user = settings->user;
    add(a, settings->launcher);
    add(a, "run-function");
    if (user != NULL && user->is_another) {
        const char *numbers = arena_printf(arena, "%u:%u", user->user, user->group);
        if (numbers == NULL)
            return STATUS_NO_MEMORY;
        add_option(a, "--user", numbers);
    }
    add_option(a, "--tmp", place->temporary_folder);
    add_option(a, "--needs", place->code_folder);
    add_option(a, "--needs", place->opt_folder);
    add_option(a, "--needs", settings->bootstrap_folder);
    add(a, "--");
    return STATUS_OK;
}

static enum status make_arguments(const struct function_command_settings *settings,
                                  const struct function_command_place *place,
                                  const char *const program[3], struct arena *arena,
                                  struct function_command *command)
{
    struct arguments a = {.texts = arena_zalloc(arena, ARGUMENTS_MAX * sizeof(char *))};
    if (a.texts == NULL)
        return STATUS_NO_MEMORY;
    enum status status = STATUS_OK;
    if (settings->launcher != NULL)
        status = add_launcher(&a, settings, place, arena);
    for (size_t i = 0; i < 3; i++)
        if (program[i] != NULL)
            add(&a, program[i]);
    command->arguments = a.texts;
    return status;
}

/* ---- environment ------------------------------------------------------------------------- */

#define RESERVED_MAX 40

struct variables {
    struct arena *arena;
    const char **texts; /* "NAME=value" */
    size_t count;
    bool failed;
};

static void put(struct variables *v, const char *name, struct slice value)
{
    const char *text = NULL;
    if (name != NULL)
        text = arena_printf(v->arena, "%s=%.*s", name, SLICE_ARG(value));
    if (text == NULL)
        v->failed = true;
    else
        v->texts[v->count++] = text;
}

/* NULL: there was no memory for it. */
static void put_text(struct variables *v, const char *name, const char *value)
{
    if (value != NULL)
        put(v, name, slice_of(value));
    else
        v->failed = true;
}

static void put_number(struct variables *v, const char *name, int64_t value)
{
    put_text(v, name, arena_printf(v->arena, "%lld", (long long)value));
}

static void put_function(struct variables *v, const struct function_row *row,
                         const struct function_command_place *place)
{
    put(v, "_HANDLER", row->handler);
    put(v, "AWS_LAMBDA_FUNCTION_NAME", row->name);
    put_text(v, "AWS_LAMBDA_FUNCTION_VERSION", place->version);
    put_number(v, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", row->memory_mb);
    put(v, "AWS_LAMBDA_LOG_GROUP_NAME", row->log_group);
    put_text(v, "AWS_LAMBDA_LOG_STREAM_NAME", place->log_stream);
    put_text(v, "AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    put(v, "AWS_REGION", row->region);
    put(v, "AWS_DEFAULT_REGION", row->region);
    put(v, "AWS_ACCESS_KEY_ID", place->keys->access_key);
    put(v, "AWS_SECRET_ACCESS_KEY", place->keys->secret);
    put(v, "AWS_SESSION_TOKEN", place->keys->token);
    if (slice_equal_text(row->log_format, "JSON")) {
        put_text(v, "AWS_LAMBDA_LOG_FORMAT", "JSON");
        put(v, "AWS_LAMBDA_LOG_LEVEL",
            row->application_level.len > 0 ? row->application_level : SLICE("INFO"));
    }
    if (language_of(row->runtime) != NULL)
        put_text(v, "AWS_EXECUTION_ENV",
                 arena_printf(v->arena, "AWS_Lambda_%.*s", SLICE_ARG(row->runtime)));
}

static void put_place(struct variables *v, const struct function_command_place *place)
{
    put_text(v, "AWS_LAMBDA_RUNTIME_API",
             arena_printf(v->arena, "127.0.0.1:%u", (unsigned)place->api_port));
    put_text(v, "LAMBDA_TASK_ROOT", place->code_folder);
    put_text(v, "LAMBDA_RUNTIME_DIR", "/var/runtime");
    put_text(v, "AWS_XRAY_DAEMON_ADDRESS", "169.254.100.1:2000");
    put_text(v, "AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
}

/* What a function may set itself, as on AWS. */
static void put_default(struct variables *v, const struct json *own, const char *name,
                        const char *value)
{
    if (json_member(own, name) == NULL)
        put_text(v, name, value);
}

/* Behind what the function has set itself. */
static void put_behind(struct variables *v, const struct json *own, const char *name,
                       const char *value)
{
    struct slice set = json_member_string(own, name);
    if (set.len > 0 && value != NULL)
        value = arena_printf(v->arena, "%.*s:%s", SLICE_ARG(set), value);
    put_text(v, name, value);
}

/* Where a language looks for the packages of layers. */
static void put_layers(struct variables *v, const struct json *own, const struct function_row *row,
                       const char *opt)
{
    struct slice runtime = row->runtime;
    if (slice_starts_with(runtime, SLICE("python")))
        put_behind(v, own, "PYTHONPATH",
                   arena_printf(v->arena, "%s/python/lib/%.*s/site-packages:%s/python", opt,
                                SLICE_ARG(runtime), opt));
    if (!slice_starts_with(runtime, SLICE("nodejs")))
        return;
    struct slice version = slice_from(runtime, sizeof("nodejs") - 1);
    version.len = slice_find(version, '.');
    put_behind(v, own, "NODE_PATH",
               arena_printf(v->arena, "%s/nodejs/node%.*s/node_modules:%s/nodejs/node_modules", opt,
                            SLICE_ARG(version), opt));
}

static void put_defaults(struct variables *v, const struct json *own,
                         const struct function_row *row, const struct function_command_place *place)
{
    const char *code = place->code_folder;
    const char *opt = place->opt_folder;
    put_default(v, own, "PATH",
                arena_printf(v->arena, "%s:%s/bin", FUNCTION_PATH, opt != NULL ? opt : "/opt"));
    put_default(v, own, "LD_LIBRARY_PATH",
                opt != NULL ? arena_printf(v->arena, "%s:%s/lib:%s/lib", code, code, opt)
                            : arena_printf(v->arena, "%s:%s/lib", code, code));
    if (opt != NULL)
        put_layers(v, own, row, opt);
    put_default(v, own, "TMPDIR", place->temporary_folder);
    put_default(v, own, "HOME", place->temporary_folder);
    put_default(v, own, "TZ", ":UTC");
    put_default(v, own, "LANG", "en_US.UTF-8");
    put_default(v, own, "PYTHONDONTWRITEBYTECODE", "1");
    put_default(v, own, "AWS_ENDPOINT_URL", place->aws_url);
}

static bool is_put(const struct variables *v, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        struct slice text = slice_of(v->texts[i]);
        if (slice_starts_with(text, name) && text.len > name.len && text.ptr[name.len] == '=')
            return true;
    }
    return false;
}

static void put_own(struct variables *v, const struct json *own)
{
    size_t reserved = v->count;
    for (const struct json *value = json_first(own); value != NULL; value = json_next(value)) {
        struct slice name = json_name(value);
        if (json_kind(value) == JSON_STRING && !is_put(v, reserved, name))
            put(v, arena_text(v->arena, name), json_string(value));
    }
}

static enum status make_environment(const struct json *own, const struct function_row *row,
                                    const struct function_command_place *place, struct arena *arena,
                                    struct function_command *command)
{
    size_t room = RESERVED_MAX + json_count(own) + 1;
    struct variables v = {.arena = arena, .texts = arena_zalloc(arena, room * sizeof(char *))};
    if (v.texts == NULL)
        return STATUS_NO_MEMORY;
    put_function(&v, row, place);
    put_place(&v, place);
    put_defaults(&v, own, row, place);
    put_own(&v, own);
    command->environment = v.texts;
    return v.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status function_command_make(const struct function_command_settings *settings,
                                  const struct function_row *row,
                                  const struct function_command_place *place, struct arena *arena,
                                  struct function_command *ret_command)
{
    struct function_command command = {.arguments = NULL};
    const char *program[3] = {NULL, NULL, NULL}; /* a wrapper, an interpreter, what it runs */
    const struct json *own = NULL;
    enum status status = STATUS_OK;
    if (row->environment.len > 0)
        status = json_parse(row->environment, arena, &own);
    if (status == STATUS_OK)
        status = find_program_of(settings, row, place, arena, &command, program + 1);
    if (status == STATUS_OK)
        status = find_wrapper(own, row, place, arena, &command, &program[0]);
    if (status == STATUS_OK)
        status = make_arguments(settings, place, program, arena, &command);
    if (status == STATUS_OK)
        status = make_environment(own, row, place, arena, &command);
    *ret_command = command;
    return status;
}
