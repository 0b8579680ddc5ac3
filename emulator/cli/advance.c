#include <stdio.h>

#include "emulator/base/durations.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/cli/admin_command.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define BODY_MAX_BYTES 256
#define PATIENCE_S 3600 /* every timer due runs before the answer, functions included */

static void print(const struct json *answer)
{
    struct slice now = json_member_string(answer, "now");
    int64_t timers = json_member_integer(answer, "timers_run", 0);
    (void)printf("It is %.*s now; %lld timer%s ran.\n", SLICE_ARG(now), (long long)timers,
                 timers == 1 ? "" : "s");
}

static int send_advance(const char *endpoint, const char *member, const char *value)
{
    struct text body;
    text_init(&body, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, member, value);
    json_end_object(&w);

    struct admin_command command = {
        .command = &advance_command,
        .endpoint = endpoint,
        .method = "POST",
        .target = SLICE("/_hydrant/clock/advance"),
        .body = text_slice(&body),
        .patience_s = PATIENCE_S,
        .print = print,
    };
    int code = body.status == STATUS_OK ? admin_command_run(&command) : COMMAND_FAILED;
    text_close(&body);
    return code;
}

static int run(int argc, char **argv)
{
    const char *endpoint = NULL;
    const char *to = NULL;
    const char *by = NULL;
    const char *until = NULL;
    struct command_flag flags[] = {{"--endpoint", &endpoint}, {"--to", &to}, {"--until", &until}};
    struct command_line line = {&advance_command, flags, 3, &by, 1, 0};
    int code = command_line_parse(&line, argc, argv);
    if (code != COMMAND_OK)
        return code;
    if ((by != NULL) + (to != NULL) + (until != NULL) != 1)
        return command_usage_error(&advance_command,
                                   "either a duration, --to TIME or --until next is wanted");
    if (until != NULL)
        return send_advance(endpoint, "until", until);

    int64_t ms = 0;
    enum status status = by != NULL ? durations_parse(slice_of(by), &ms) : STATUS_OK;
    if (status == STATUS_TOO_LARGE)
        return command_usage_error(&advance_command, "\"%s\" is more than a hundred years", by);
    if (status != STATUS_OK)
        return command_usage_error(&advance_command, "\"%s\" is not a duration such as 2m", by);
    if (to != NULL && durations_parse_moment(slice_of(to), &ms) != STATUS_OK)
        return command_usage_error(&advance_command,
                                   "\"%s\" is not a time such as 2026-11-25T10:00:00Z", to);
    return send_advance(endpoint, by != NULL ? "by" : "to", by != NULL ? by : to);
}

static void write_help(struct text *out)
{
    text_append_text(
        out, "Everything due until then happens, in order, before the command ends: buffers are\n"
             "delivered, functions run, retries are made.\n\n"
             "  <duration>       90s, 2m, 1h30m, PT5M, or plain seconds\n"
             "  --until next     what is due next, whenever that is\n"
             "  --to TIME        2026-11-25T10:00:00Z, or milliseconds since the "
             "epoch\n" COMMAND_LINE_ENDPOINT_HELP);
}

const struct command advance_command = {
    .name = "advance",
    .summary = "Move the daemon's clock forward",
    .usage = "<duration> | --to TIME | --until next",
    .write_help = write_help,
    .run = run,
};
