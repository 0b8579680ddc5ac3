#include "handlers/lambda/function_settings.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_command.h"
#include "emulator/lambda/function_isolation.h"
#include "handlers/lambda/lambda_errors.h"
#include "storage/function_store.h"

#define ENVIRONMENT_MAX_BYTES 4096
#define TIMEOUT_MAX_S 900
#define MEMORY_MAX_MB 10240

static const char *const known_runtimes[] = {
    "nodejs20.x", "nodejs22.x", "nodejs24.x",   "python3.9",       "python3.10", "python3.11",
    "python3.12", "python3.13", "python3.14",   "java8.al2",       "java11",     "java17",
    "java21",     "java25",     "dotnet8",      "dotnet10",        "ruby3.2",    "ruby3.3",
    "ruby3.4",    "ruby4.0",    "provided.al2", "provided.al2023", "provided.c",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_one_of(struct slice text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_text(text, list[i]))
            return true;
    }
    return false;
}

static bool fail_bad_runtime(struct call *call, struct slice runtime)
{
    struct text set;
    text_init_in(&set, &call->arena, 4096);
    for (size_t i = 0; i < COUNT(known_runtimes); i++)
        text_printf(&set, "%s%s", i > 0 ? ", " : "", known_runtimes[i]);
    call_fail(call, &lambda_error_invalid_parameter,
              "Value %.*s at 'runtime' failed to satisfy constraint: Member must satisfy enum "
              "value set: [%.*s] or be a valid ARN",
              SLICE_ARG(runtime), SLICE_ARG(text_slice(&set)));
    return false;
}

static bool read_runtime(struct call *call, struct function_row *row)
{
    struct slice runtime = json_member_string(call->input, "Runtime");
    if (runtime.ptr == NULL)
        return true;
    if (!is_one_of(runtime, known_runtimes, COUNT(known_runtimes)))
        return fail_bad_runtime(call, runtime);
    if (!function_command_is_known(runtime) && !slice_equal_text(runtime, "provided.c")) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "The runtime %.*s is not available in Hydrant. Available: python3.x, nodejsN.x, "
                  "provided.al2 and provided.al2023 (a bootstrap, or a C transform made with "
                  "hydrant.h), provided.c.",
                  SLICE_ARG(runtime));
        return false;
    }
    row->runtime = runtime;
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static bool read_number(struct call *call, const char *member, const char *shown, int64_t max,
                        int64_t *value)
{
    int64_t given = json_member_integer(call->input, member, *value);
    if (given > max) {
        call_fail(call, &lambda_error_validation,
                  "1 validation error detected: Value '%lld' at '%s' failed to satisfy "
                  "constraint: Member must have value less than or equal to %lld",
                  (long long)given, shown, (long long)max);
        return false;
    }
    *value = given;
    return true;
}

/* ---- environment ------------------------------------------------------------------------- */

static bool is_reserved(struct slice name)
{
    static const char *const reserved[] = {
        "_HANDLER",          "_X_AMZN_TRACE_ID",   "AWS_DEFAULT_REGION", "AWS_REGION",
        "AWS_EXECUTION_ENV", "AWS_ACCESS_KEY",     "AWS_ACCESS_KEY_ID",  "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "LAMBDA_TASK_ROOT",   "LAMBDA_RUNTIME_DIR",
    };
    return is_one_of(name, reserved, COUNT(reserved)) ||
           (slice_starts_with(name, SLICE("AWS_LAMBDA_")) &&
            !slice_equal_text(name, "AWS_LAMBDA_EXEC_WRAPPER"));
}

static bool has_no_reserved_keys(struct call *call, const struct json *variables)
{
    struct text keys;
    text_init_in(&keys, &call->arena, (size_t)2 * ENVIRONMENT_MAX_BYTES);
    const struct json *variable = json_first(variables);
    for (; variable != NULL; variable = json_next(variable)) {
        if (is_reserved(json_name(variable)))
            text_printf(&keys, "%s%.*s", keys.len > 0 ? ", " : "", SLICE_ARG(json_name(variable)));
    }
    if (keys.len == 0)
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Lambda was unable to configure your environment variables because the environment "
              "variables you have provided contains reserved keys that are currently not "
              "supported for modification. Reserved keys used in this request: %.*s",
              SLICE_ARG(text_slice(&keys)));
    return false;
}

bool function_settings_check_isolation(struct call *call, const struct json *object,
                                       const char *name)
{
    const struct json *value = json_member(object, name);
    if (value == NULL || function_isolation_is_word(json_string(value)))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "%s says where Hydrant runs a C transform: " FUNCTION_ISOLATION_WORDS ", not '%.*s'.",
              name, SLICE_ARG(json_string(value)));
    return false;
}

static bool read_environment(struct call *call, struct function_row *row)
{
    const struct json *environment = json_member(call->input, "Environment");
    if (environment == NULL)
        return true;
    const struct json *variables = json_member(environment, "Variables");
    if (!has_no_reserved_keys(call, variables) ||
        !function_settings_check_isolation(call, variables, FUNCTION_ISOLATION_VARIABLE))
        return false;
    struct text json;
    text_init_in(&json, &call->arena, call->body.len * 6 + 64);
    struct json_writer w = json_writer_make(&json);
    if (variables != NULL) {
        json_write_value(&w, variables);
    } else {
        json_begin_object(&w);
        json_end_object(&w);
    }
    if (json.status != STATUS_OK) {
        call_fail_internal(call, json.status, "reading the environment");
        return false;
    }
    if (json.len > ENVIRONMENT_MAX_BYTES) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Lambda was unable to configure your environment variables because the "
                  "environment variables you have provided exceeded the 4KB limit. String "
                  "measured: %.*s",
                  SLICE_ARG(text_slice(&json)));
        return false;
    }
    row->environment = text_slice(&json);
    return true;
}

/* ---- what is not honoured ---------------------------------------------------------------- */

bool function_settings_is_nothing(const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return !json_is_true(value);
    case JSON_STRING:
        return json_string(value).len == 0;
    case JSON_NUMBER:
        return false;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    const struct json *child = json_first(value);
    while (child != NULL && function_settings_is_nothing(child))
        child = json_next(child);
    return child == NULL;
}

static bool fail_unsupported(struct call *call, const char *what)
{
    call_fail(call, &lambda_error_invalid_parameter, "Hydrant does not support %s yet.", what);
    return false;
}

static bool refuse_unsupported(struct call *call)
{
    static const char *const members[] = {
        "VpcConfig",     "DeadLetterConfig",       "KMSKeyArn", "FileSystemConfigs",
        "ImageConfig",   "CodeSigningConfigArn",   "PublishTo", "DurableConfig",
        "TenancyConfig", "CapacityProviderConfig",
    };
    for (size_t i = 0; i < COUNT(members); i++) {
        if (!function_settings_is_nothing(json_member(call->input, members[i])))
            return fail_unsupported(call, members[i]);
    }
    struct slice package = json_member_string(call->input, "PackageType");
    if (slice_equal_text(package, "Image"))
        return fail_unsupported(call, "container images (PackageType Image)");
    const struct json *snap_start = json_member(call->input, "SnapStart");
    if (slice_equal_text(json_member_string(snap_start, "ApplyOn"), "PublishedVersions"))
        return fail_unsupported(call, "SnapStart");
    return true;
}

bool function_settings_refuse_publish_to(struct call *call)
{
    return function_settings_is_nothing(json_member(call->input, "PublishTo")) ||
           fail_unsupported(call, "PublishTo");
}

static bool read_logging(struct call *call, struct function_row *row)
{
    const struct json *logging = json_member(call->input, "LoggingConfig");
    if (logging == NULL)
        return true;
    struct slice format = json_member_string(logging, "LogFormat");
    struct slice group = json_member_string(logging, "LogGroup");
    if (format.len > 0)
        row->log_format = format;
    if (group.len > 0)
        row->log_group = group;
    row->application_level = json_member_string(logging, "ApplicationLogLevel");
    row->system_level = json_member_string(logging, "SystemLogLevel");
    if (slice_equal_text(row->log_format, "JSON") ||
        (row->application_level.len == 0 && row->system_level.len == 0))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Log levels (ApplicationLogLevel, SystemLogLevel) need the LogFormat JSON.");
    return false;
}

static void read_tracing(struct call *call, struct function_row *row)
{
    struct slice mode = json_member_string(json_member(call->input, "TracingConfig"), "Mode");
    if (mode.len == 0)
        return;
    if (slice_equal_text(mode, "Active"))
        log_line(LOG_WARNING, "lambda.%s: TracingConfig.Mode Active is kept, but nothing is traced",
                 call->operation->name);
    row->tracing = mode;
}

static void read_text(struct call *call, const char *member, struct slice *value)
{
    struct slice given = json_member_string(call->input, member);
    if (given.ptr != NULL)
        *value = given;
}

void function_settings_read_architecture(struct call *call, struct function_row *row)
{
    struct slice given = json_string(json_first(json_member(call->input, "Architectures")));
    if (given.len > 0)
        row->architecture = given;
}

bool function_settings_read(struct call *call, struct function_row *row)
{
    read_text(call, "Role", &row->role);
    read_text(call, "Handler", &row->handler);
    read_text(call, "Description", &row->description);
    read_tracing(call, row);
    row->storage_mb =
        json_member_integer(json_member(call->input, "EphemeralStorage"), "Size", row->storage_mb);
    return refuse_unsupported(call) && read_runtime(call, row) && read_logging(call, row) &&
           read_number(call, "Timeout", "timeout", TIMEOUT_MAX_S, &row->timeout_s) &&
           read_number(call, "MemorySize", "memorySize", MEMORY_MAX_MB, &row->memory_mb) &&
           read_environment(call, row);
}
