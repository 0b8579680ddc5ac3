#include "emulator/config/aliases.h"

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/text.h"
#include "emulator/config/settings.h"

/* The value as the setting has it; a NULL there leaves the setting alone. */
struct alias_value {
    const char *theirs;
    const char *ours;
};

enum alias_part { ALIAS_ALL, ALIAS_HOST, ALIAS_PORT }; /* of "0.0.0.0:4566,[::]:443" */

struct alias {
    const char *variable;
    const char *setting;
    enum alias_part part;
    const struct alias_value *values; /* ends with a NULL; NULL: as it is */
};

static const struct alias_value debug_levels[] = {
    {"1", "debug"}, {"true", "debug"}, {"0", NULL}, {"false", NULL}, {NULL, NULL}};
static const struct alias_value log_levels[] = {{"trace", "debug"},     {"trace-internal", "debug"},
                                                {"debug", "debug"},     {"info", "info"},
                                                {"warning", "warning"}, {"warn", "warning"},
                                                {"error", "error"},     {"err", "error"},
                                                {"critical", "error"},  {NULL, NULL}};
static const struct alias_value persistence[] = {
    {"1", "false"}, {"true", "false"}, {"0", "true"}, {"false", "true"}, {NULL, NULL}};

/* Of two that say the same the later one counts. */
static const struct alias aliases[] = {
    {"EDGE_BIND_HOST", "host", ALIAS_ALL, NULL},
    {"EDGE_PORT", "port", ALIAS_ALL, NULL},
    {"GATEWAY_LISTEN", "host", ALIAS_HOST, NULL},
    {"GATEWAY_LISTEN", "port", ALIAS_PORT, NULL},
    {"DEBUG", "log-level", ALIAS_ALL, debug_levels},
    {"LS_LOG", "log-level", ALIAS_ALL, log_levels},
    {"PERSISTENCE", "ephemeral", ALIAS_ALL, persistence},
    {"DEFAULT_REGION", "region", ALIAS_ALL, NULL},
    {"LOCALSTACK_HOST", "allowed-host", ALIAS_HOST, NULL},
};

static const char *const without_effect[] = {
    "SERVICES",
    "EAGER_SERVICE_LOADING",
    "STRICT_SERVICE_LOADING",
    "HOSTNAME_EXTERNAL",
    "HOSTNAME_FROM_LAMBDA",
    "LOCALSTACK_AUTH_TOKEN",
    "LOCALSTACK_API_KEY",
    "ACTIVATE_PRO",
    "ALLOW_NONSTANDARD_REGIONS",
    "DATA_DIR",
    "DISABLE_CORS_CHECKS",
    "DISABLE_CORS_HEADERS",
    "DISABLE_EVENTS",
    "DOCKER_FLAGS",
    "DOCKER_HOST",
    "DYNAMODB_HEAP_SIZE",
    "DYNAMODB_IN_MEMORY",
    "DYNAMODB_SHARE_DB",
    "ENFORCE_IAM",
    "EXTRA_CORS_ALLOWED_HEADERS",
    "EXTRA_CORS_ALLOWED_ORIGINS",
    "EXTRA_CORS_EXPOSE_HEADERS",
    "KINESIS_ERROR_PROBABILITY",
    "KINESIS_INITIALIZE_STREAMS",
    "KINESIS_LATENCY",
    "KINESIS_PROVIDER",
    "LAMBDA_DOCKER_FLAGS",
    "LAMBDA_DOCKER_NETWORK",
    "LAMBDA_EXECUTOR",
    "LAMBDA_IGNORE_ARCHITECTURE",
    "LAMBDA_KEEPALIVE_MS",
    "LAMBDA_REMOTE_DOCKER",
    "LAMBDA_REMOVE_CONTAINERS",
    "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT",
    "LAMBDA_RUNTIME_EXECUTOR",
    "MAIN_CONTAINER_NAME",
    "OUTBOUND_HTTP_PROXY",
    "OUTBOUND_HTTPS_PROXY",
    "SKIP_SSL_CERT_DOWNLOAD",
    "SNAPSHOT_FLUSH_INTERVAL",
    "SNAPSHOT_LOAD_STRATEGY",
    "SNAPSHOT_SAVE_STRATEGY",
    "USE_SSL",
};

/* The first address is the one that counts. */
static struct slice part_of(struct slice value, enum alias_part part)
{
    struct slice first = slice_trim(slice_cut(&value, ','));
    size_t colon = first.len;
    while (colon > 0 && first.ptr[colon - 1] != ':' && first.ptr[colon - 1] != ']')
        colon--;
    bool has_port = colon > 0 && first.ptr[colon - 1] == ':';
    if (part == ALIAS_PORT)
        return has_port ? slice_from(first, colon) : (struct slice){NULL, 0};
    struct slice host = slice_first(first, has_port ? colon - 1 : first.len);
    if (slice_starts_with(host, SLICE("[")) && slice_ends_with(host, SLICE("]")))
        return slice_make(host.ptr + 1, host.len - 2);
    return host;
}

/* An IPv6 address without brackets could be cut anywhere. */
static bool is_ambiguous(struct slice value)
{
    struct slice first = slice_cut(&value, ',');
    struct slice rest = first;
    (void)slice_cut(&rest, ':');
    return slice_find(rest, ':') < rest.len && slice_find(first, '[') == first.len;
}

/* STATUS_OK with nothing: the setting stays as it is. */
static enum status translate(const struct alias *alias, struct slice value, struct slice *ret_ours,
                             struct text *problem)
{
    if (alias->part != ALIAS_ALL && is_ambiguous(value)) {
        text_printf(problem, "%s: \"%.*s\" is not host:port", alias->variable, SLICE_ARG(value));
        return STATUS_INVALID;
    }
    *ret_ours = alias->part == ALIAS_ALL ? value : part_of(value, alias->part);
    if (alias->values == NULL)
        return STATUS_OK;
    for (const struct alias_value *row = alias->values; row->theirs != NULL; row++)
        if (slice_equal_nocase(value, slice_of(row->theirs))) {
            *ret_ours = slice_of(row->ours);
            return STATUS_OK;
        }
    text_printf(problem, "%s: \"%.*s\" is not one of", alias->variable, SLICE_ARG(value));
    for (const struct alias_value *row = alias->values; row->theirs != NULL; row++)
        text_printf(problem, "%s %s", row == alias->values ? "" : ",", row->theirs);
    return STATUS_INVALID;
}

enum status aliases_take(struct config *config, struct arena *arena,
                         const struct config_sources *sources, struct text *problem)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]) && status == STATUS_OK; i++) {
        struct slice ours = {NULL, 0};
        struct slice value = slice_of(sources->env(sources->env_owner, aliases[i].variable));
        if (value.len > 0)
            status = translate(&aliases[i], value, &ours, problem);
        if (status == STATUS_OK && ours.len > 0)
            status = setting_take(settings_find(slice_of(aliases[i].setting)), config, arena,
                                  aliases[i].variable, ours, problem);
    }
    return status;
}

void aliases_without_effect(const struct config_sources *sources, struct text *names)
{
    for (size_t i = 0; i < sizeof(without_effect) / sizeof(without_effect[0]); i++)
        if (slice_of(sources->env(sources->env_owner, without_effect[i])).len > 0)
            text_printf(names, " %s", without_effect[i]);
}
