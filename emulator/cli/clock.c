#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/cli/admin_command.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define BODY_MAX_BYTES 1024
#define PATIENCE_S 30

static void print(const struct json *answer)
{
    (void)printf("It is %.*s; the clock is %.*s.\n", SLICE_ARG(json_member_string(answer, "now")),
                 SLICE_ARG(json_member_string(answer, "mode")));
}

static int send_mode(const char *endpoint, const char *mode)
{
    struct text body;
    text_init(&body, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "mode", mode);
    json_end_object(&w);
    struct admin_command command = {
        .command = &clock_command,
        .endpoint = endpoint,
        .method = "POST",
        .target = SLICE("/_hydrant/clock/mode"),
        .body = text_slice(&body),
        .patience_s = PATIENCE_S,
        .print = print,
    };
    int code = body.status == STATUS_OK ? admin_command_run(&command) : COMMAND_USAGE;
    text_close(&body);
    return code;
}

static int ask(const char *endpoint)
{
    const struct admin_command command = {
        .command = &clock_command,
        .endpoint = endpoint,
        .method = "GET",
        .target = SLICE("/_hydrant/clock"),
        .patience_s = PATIENCE_S,
        .print = print,
    };
    return admin_command_run(&command);
}

static int run(int argc, char **argv)
{
    const char *endpoint = NULL;
    const char *mode = NULL;
    struct command_flag flags[] = {{"--endpoint", &endpoint}};
    struct command_line line = {&clock_command, flags, 1, &mode, 1, 0};
    int code = command_line_parse(&line, argc, argv);
    if (code != COMMAND_OK)
        return code;
    return mode != NULL ? send_mode(endpoint, mode) : ask(endpoint);
}

static void write_help(struct text *out)
{
    text_append_text(out, "  real             it runs, from where it stands\n"
                          "  frozen           it stands still until `hydrant advance`\n"
                          "  auto             it jumps to what is due next when nothing is in "
                          "flight\n" COMMAND_LINE_ENDPOINT_HELP);
}

const struct command clock_command = {
    .name = "clock",
    .summary = "Show the daemon's clock, or say how it runs",
    .usage = "[real | frozen | auto]",
    .write_help = write_help,
    .run = run,
};
