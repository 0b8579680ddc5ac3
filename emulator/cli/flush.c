#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/cli/admin_command.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define TARGET_MAX_BYTES 4096
#define PATIENCE_S 3600 /* the transform runs before the answer */

static void print(const struct json *answer)
{
    int64_t objects = json_member_integer(answer, "objects", 0);
    int64_t delivered = json_member_integer(answer, "delivered_records", 0);
    (void)printf("Flushed %.*s: %lld object%s written; %lld record%s delivered, %lld failed, "
                 "%lld waiting.\n",
                 SLICE_ARG(json_member_string(answer, "stream")), (long long)objects,
                 objects == 1 ? "" : "s", (long long)delivered, delivered == 1 ? "" : "s",
                 (long long)json_member_integer(answer, "failed_records", 0),
                 (long long)json_member_integer(answer, "waiting_records", 0));
}

static void append_parameter(struct text *target, char separator, const char *name,
                             const char *value)
{
    text_printf(target, "%c%s=", separator, name);
    admin_command_encode(target, slice_of(value));
}

static int send_flush(const char *endpoint, const char *stream, const char *region,
                      const char *account)
{
    struct text target;
    text_init(&target, TARGET_MAX_BYTES);
    text_append_text(&target, "/_hydrant/firehose/");
    admin_command_encode(&target, slice_of(stream));
    text_append_text(&target, "/flush");
    if (region != NULL)
        append_parameter(&target, '?', "region", region);
    if (account != NULL)
        append_parameter(&target, region != NULL ? '&' : '?', "account", account);

    struct admin_command command = {
        .command = &flush_command,
        .endpoint = endpoint,
        .method = "POST",
        .target = text_slice(&target),
        .patience_s = PATIENCE_S,
        .print = print,
    };
    int code = target.status == STATUS_OK
                   ? admin_command_run(&command)
                   : command_usage_error(&flush_command, "the arguments are too long");
    text_close(&target);
    return code;
}

static int run(int argc, char **argv)
{
    const char *endpoint = NULL;
    const char *region = NULL;
    const char *account = NULL;
    const char *stream = NULL;
    struct command_flag flags[] = {
        {"--endpoint", &endpoint}, {"--region", &region}, {"--account", &account}};
    struct command_line line = {&flush_command, flags, 3, &stream, 1, 0};
    int code = command_line_parse(&line, argc, argv);
    if (code != COMMAND_OK)
        return code;
    if (stream == NULL || stream[0] == '\0')
        return command_usage_error(&flush_command, "the name of a delivery stream is missing");
    return send_flush(endpoint, stream, region, account);
}

static void write_help(struct text *out)
{
    text_append_text(out,
                     "What the stream has buffered is transformed and delivered now, whatever its\n"
                     "buffering hints say, before the command ends.\n\n"
                     "  --region REGION  of the stream, when it is not the daemon's default\n"
                     "  --account DIGITS likewise its account\n" COMMAND_LINE_ENDPOINT_HELP);
}

const struct command flush_command = {
    .name = "flush",
    .summary = "Deliver what a delivery stream has buffered",
    .usage = "<stream> [--region REGION]",
    .write_help = write_help,
    .run = run,
};
