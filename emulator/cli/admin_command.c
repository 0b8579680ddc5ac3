#include "emulator/cli/admin_command.h"

#include <stdio.h>
#include <string.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/cli/admin_client.h"
#include "emulator/cli/command.h"
#include "emulator/cli/command_line.h"

#define ARENA_MAX_BYTES ((size_t)32 * 1024 * 1024)
#define PROBLEM_MAX_BYTES ((size_t)4096)

static int say_failed(const struct command *command, struct slice problem)
{
    (void)fprintf(stderr, "hydrant %s: %.*s\n", command->name, SLICE_ARG(problem));
    return COMMAND_FAILED;
}

/* The daemon's own message, or the bare status of something that is no Hydrant. */
static int say_refused(const struct command *command, const struct admin_answer *answer,
                       const struct json *body)
{
    struct slice message = json_member_string(json_member(body, "error"), "message");
    if (message.len > 0)
        return say_failed(command, message);
    (void)fprintf(stderr, "hydrant %s: the answer was HTTP status %d\n", command->name,
                  answer->status);
    return COMMAND_FAILED;
}

static int ask(const struct admin_command *command, struct arena *arena, struct text *problem)
{
    struct admin_request request = {
        .endpoint = command_line_endpoint(command->endpoint),
        .method = command->method,
        .target = command->target,
        .body = command->body,
        .patience_s = command->patience_s,
    };
    struct admin_answer answer = {0};
    enum status status = admin_client_call(&request, arena, &answer, problem);
    if (status == STATUS_INVALID)
        return command_usage_error(command->command, "%.*s", SLICE_ARG(text_slice(problem)));
    if (status != STATUS_OK)
        return say_failed(command->command,
                          problem->len > 0 ? text_slice(problem) : slice_of(status_text(status)));

    const struct json *body = NULL;
    bool is_json = json_parse(answer.body, arena, &body) == STATUS_OK;
    if (answer.status < 200 || answer.status > 299)
        return say_refused(command->command, &answer, body);
    if (!is_json || json_kind(body) != JSON_OBJECT)
        return say_failed(command->command, SLICE("the answer is not Hydrant's"));
    if (command->print != NULL)
        command->print(body);
    return command->judge != NULL ? command->judge(body) : COMMAND_OK;
}

int admin_command_run(const struct admin_command *command)
{
    struct arena arena;
    struct text problem;
    arena_init(&arena, ARENA_MAX_BYTES);
    text_init(&problem, PROBLEM_MAX_BYTES);
    int code = ask(command, &arena, &problem);
    text_close(&problem);
    arena_clear(&arena);
    return code;
}

void admin_command_encode(struct text *out, struct slice raw)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (size_t i = 0; i < raw.len; i++) {
        if (strchr(kept, raw.ptr[i]) != NULL && raw.ptr[i] != '\0')
            text_append_byte(out, raw.ptr[i]);
        else
            text_printf(out, "%%%02X", (unsigned)(unsigned char)raw.ptr[i]);
    }
}
