#include "emulator/config/settings.h"

#include <string.h>

#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/nearest.h"

#define MEMBER(name) offsetof(struct config, name)

static const char *const durabilities[] = {"none", "normal", "power", NULL};
static const char *const isolations[] = {"none", "worker", NULL};
static const char *const quotas[] = {"none", "aws", NULL};
static const char *const clocks[] = {"real", "frozen", "auto", NULL};
static const char *const in_place_of[] = {"nothing", "localstack", NULL};
static const char *const log_formats[] = {"text", "json", NULL};
static const char *const log_levels[] = {"debug", "info", "warning", "error", NULL};

static bool is_account(struct slice text)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    return digits == text.len && digits == 12;
}

static bool is_region(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.len > 0 && text.len <= 32;
}

static bool is_function(struct slice text)
{
    size_t equals = slice_find(text, '=');
    return equals > 0 && equals + 1 < text.len;
}

static const struct setting settings[] = {
    {.name = "host",
     .type = SETTING_STRING,
     .offset = MEMBER(host),
     .otherwise = "127.0.0.1",
     .environment = "HYDRANT_HOST",
     .value_name = "ADDRESS",
     .help = "address to listen on; 0.0.0.0 for every one"},
    {.name = "port",
     .type = SETTING_INTEGER,
     .offset = MEMBER(port),
     .otherwise = "4566",
     .environment = "HYDRANT_PORT",
     .value_name = "PORT",
     .help = "port to listen on; 0 for any free one",
     .max = 65535},
    {.name = "data",
     .type = SETTING_STRING,
     .offset = MEMBER(data),
     .environment = "HYDRANT_DATA",
     .value_name = "FOLDER",
     .help = "where everything is kept"},
    {.name = "ephemeral",
     .type = SETTING_BOOLEAN,
     .offset = MEMBER(ephemeral),
     .otherwise = "false",
     .environment = "HYDRANT_EPHEMERAL",
     .help = "keep everything in a temporary folder that is removed at exit"},
    {.name = "durability",
     .type = SETTING_CHOICE,
     .offset = MEMBER(durability),
     .otherwise = "normal",
     .environment = "HYDRANT_DURABILITY",
     .value_name = "LEVEL",
     .help = "what acknowledged data survives: nothing, kill -9, or a power cut",
     .choices = durabilities},
    {.name = "log-level",
     .type = SETTING_CHOICE,
     .offset = MEMBER(log_level),
     .otherwise = "info",
     .environment = "HYDRANT_LOG_LEVEL",
     .value_name = "LEVEL",
     .help = "least important lines to log on standard error",
     .choices = log_levels,
     .reloads = true},
    {.name = "log-format",
     .type = SETTING_CHOICE,
     .offset = MEMBER(log_format),
     .otherwise = "text",
     .environment = "HYDRANT_LOG_FORMAT",
     .value_name = "FORMAT",
     .help = "lines for people, or a JSON object with the time in each",
     .choices = log_formats,
     .reloads = true},
    {.name = "ready-fd",
     .type = SETTING_INTEGER,
     .offset = MEMBER(ready_fd),
     .environment = "HYDRANT_READY_FD",
     .value_name = "NUMBER",
     .help = "open descriptor that gets a line with the URL when it serves, and is closed",
     .min = 1,
     .max = 65535},
    {.name = "port-file",
     .type = SETTING_STRING,
     .offset = MEMBER(port_file),
     .environment = "HYDRANT_PORT_FILE",
     .value_name = "FILE",
     .help = "file that holds the port while it serves"},
    {.name = "allowed-host",
     .type = SETTING_LIST,
     .offset = MEMBER(allowed_hosts),
     .environment = "HYDRANT_ALLOWED_HOST",
     .value_name = "NAME",
     .help = "a further name clients reach it by, or .NAME for all below; other names are refused"},
    {.name = "account",
     .type = SETTING_STRING,
     .offset = MEMBER(account),
     .otherwise = "000000000000",
     .environment = "HYDRANT_ACCOUNT",
     .value_name = "DIGITS",
     .help = "account of access keys that name none",
     .is_valid = is_account,
     .form = "twelve digits"},
    {.name = "region",
     .type = SETTING_STRING,
     .offset = MEMBER(region),
     .otherwise = "us-east-1",
     .environment = "HYDRANT_REGION",
     .value_name = "REGION",
     .help = "region of requests that name none",
     .is_valid = is_region,
     .form = "a region such as eu-west-1"},
    {.name = "function",
     .type = SETTING_LIST,
     .offset = MEMBER(functions),
     .environment = "HYDRANT_FUNCTION",
     .value_name = "NAME=FILE.so",
     .help = "a C transform as Lambda function NAME, loaded again when the file changes",
     .is_valid = is_function,
     .form = "NAME=path.so"},
    {.name = "init",
     .type = SETTING_LIST,
     .offset = MEMBER(init),
     .environment = "HYDRANT_INIT",
     .value_name = "FOLDER",
     .help = "runs the .sh and .py files in boot.d, start.d, ready.d and shutdown.d there"},
    {.name = "isolation",
     .type = SETTING_CHOICE,
     .offset = MEMBER(isolation),
     .otherwise = "none",
     .environment = "HYDRANT_ISOLATION",
     .value_name = "HOW",
     .help =
         "where C transforms run that do not say: in the daemon, or each in a process of its own",
     .choices = isolations},
    {.name = "python",
     .type = SETTING_STRING,
     .offset = MEMBER(python),
     .environment = "HYDRANT_PYTHON",
     .value_name = "FILE",
     .help = "the Python that runs functions, instead of the one on the PATH"},
    {.name = "node",
     .type = SETTING_STRING,
     .offset = MEMBER(node),
     .environment = "HYDRANT_NODE",
     .value_name = "FILE",
     .help = "the Node.js that runs functions, instead of the one on the PATH"},
    {.name = "function-user",
     .type = SETTING_STRING,
     .offset = MEMBER(function_user),
     .environment = "HYDRANT_FUNCTION_USER",
     .value_name = "USER",
     .help =
         "whom functions run as when this runs as root, by name or UID:GID; nobody, if not set"},
    {.name = "stream-create-time",
     .type = SETTING_DURATION,
     .offset = MEMBER(stream_create_ms),
     .otherwise = "0",
     .environment = "HYDRANT_STREAM_CREATE_TIME",
     .value_name = "TIME",
     .help = "how long a new delivery stream stays CREATING, such as 500ms or 10s",
     .max = 3600000},
    {.name = "stream-delete-time",
     .type = SETTING_DURATION,
     .offset = MEMBER(stream_delete_ms),
     .otherwise = "0",
     .environment = "HYDRANT_STREAM_DELETE_TIME",
     .value_name = "TIME",
     .help = "how long a deleted delivery stream stays DELETING",
     .max = 3600000},
    {.name = "stream-encrypt-time",
     .type = SETTING_DURATION,
     .offset = MEMBER(stream_encrypt_ms),
     .otherwise = "0",
     .environment = "HYDRANT_STREAM_ENCRYPT_TIME",
     .value_name = "TIME",
     .help = "how long starting or stopping a stream's encryption takes",
     .max = 3600000},
    {.name = "lambda-pending-time",
     .type = SETTING_DURATION,
     .offset = MEMBER(lambda_pending_ms),
     .otherwise = "0",
     .environment = "HYDRANT_LAMBDA_PENDING_TIME",
     .value_name = "TIME",
     .help = "how long a new function stays Pending and an update InProgress",
     .max = 3600000},
    {.name = "quotas",
     .type = SETTING_CHOICE,
     .offset = MEMBER(quotas),
     .otherwise = "none",
     .environment = "HYDRANT_QUOTAS",
     .value_name = "WHICH",
     .help = "rates beyond which calls are throttled: none, or AWS's",
     .choices = quotas},
    {.name = "clock",
     .type = SETTING_CHOICE,
     .offset = MEMBER(clock),
     .otherwise = "real",
     .environment = "HYDRANT_CLOCK",
     .value_name = "HOW",
     .help = "how time runs: as the machine's, not until advanced, or on to what is due next",
     .choices = clocks},
    {.name = "in-place-of",
     .type = SETTING_CHOICE,
     .offset = MEMBER(in_place_of),
     .otherwise = "nothing",
     .environment = "HYDRANT_IN_PLACE_OF",
     .value_name = "WHAT",
     .help = "whose environment variables to take, too, such as PERSISTENCE or GATEWAY_LISTEN",
     .choices = in_place_of},
    {.name = "workers",
     .type = SETTING_INTEGER,
     .offset = MEMBER(workers),
     .otherwise = "4",
     .environment = "HYDRANT_WORKERS",
     .value_name = "COUNT",
     .help = "threads for transforms, hashing and compression",
     .min = 1,
     .max = 128},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

const struct setting *settings_all(size_t *ret_count)
{
    *ret_count = SETTING_COUNT;
    return settings;
}

const struct setting *settings_find(struct slice name)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (slice_equal_text(name, settings[i].name))
            return &settings[i];
    return NULL;
}

enum status settings_unknown(const char *where, const char *dashes, struct slice name,
                             struct text *problem)
{
    const char *names[SETTING_COUNT + 2];
    for (size_t i = 0; i < SETTING_COUNT; i++)
        names[i] = settings[i].name;
    names[SETTING_COUNT] = "config";
    names[SETTING_COUNT + 1] = NULL;

    const char *nearest = nearest_name(name, names);
    text_printf(problem, "%sthere is no setting %s%.*s", where, dashes, SLICE_ARG(name));
    if (nearest != NULL)
        text_printf(problem, "; did you mean %s%s?", dashes, nearest);
    return STATUS_INVALID;
}
