#include "emulator/lambda/isolated_rows.h"

#include "emulator/auth/principal.h"
#include "emulator/base/mem.h"
#include "emulator/isolation/isolated_puts.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/lambda/api_port.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/transform/plugin_backend.h"

#define ROOM_FOR_THE_REST ((size_t)1024 * 1024)

struct isolated_rows {
    struct lambda_engine *engine;
    const struct mailbox *mailbox; /* borrowed; NULL: forgotten */
    void *ctx;
    void (*done)(void *ctx);
    struct principal principal;
    enum status status; /* of keeping the answers */
    size_t count;
    size_t called;
    size_t answered;
    struct loop_task next; /* the next lot, when others have had their turn */
    struct plugin_put puts[PLUGIN_PUTS_MAX];
    struct api_port_call calls[PLUGIN_PUTS_MAX];
    struct arena arena;
};

static void release(struct isolated_rows *rows)
{
    rows->engine->busy--;
    arena_clear(&rows->arena);
    mem_free(rows);
}

static void finish(struct isolated_rows *rows)
{
    if (rows->mailbox != NULL) {
        isolated_puts_write_answers(rows->mailbox, rows->status, rows->puts, rows->count);
        rows->done(rows->ctx);
    }
    release(rows);
}

static void on_answer(struct api_port_call *call)
{
    struct isolated_rows *rows = list_entry(call->principal, struct isolated_rows, principal);
    struct plugin_put *put = &rows->puts[call - rows->calls];
    put->http_status = call->http_status;
    if (rows->status == STATUS_OK)
        rows->status = arena_copy(&rows->arena, call->output, &put->output);
    rows->answered++;
    if (rows->answered == rows->count)
        finish(rows);
    else if (rows->answered == rows->called)
        loop_defer_turn(rows->engine->options.loop, &rows->next);
}

/* The run may be gone before the calls are. */
static enum status copy_principal(struct isolated_rows *rows, const struct principal *from)
{
    enum status status = arena_copy(&rows->arena, from->account, &rows->principal.account);
    if (status == STATUS_OK)
        status = arena_copy(&rows->arena, from->region, &rows->principal.region);
    if (status == STATUS_OK)
        status = arena_copy(&rows->arena, from->arn, &rows->principal.arn);
    return status;
}

/* Behind the last call the rows may be gone. */
static void make_calls(struct isolated_rows *rows)
{
    const struct api_port *port = rows->engine->options.api_port;
    size_t start = rows->called;
    size_t left = rows->count - start;
    size_t end = start + (left < API_GATE_CALLS_MAX ? left : API_GATE_CALLS_MAX);
    rows->called = end;
    for (size_t i = start; i < end; i++) {
        rows->calls[i] = (struct api_port_call){
            .principal = &rows->principal,
            .service = "dynamodb",
            .operation = "PutItem",
            .input = rows->puts[i].input,
            .done = on_answer,
        };
        port->call(port->ctx, &rows->calls[i]);
    }
}

static void on_next(struct loop_task *task)
{
    struct isolated_rows *rows = list_entry(task, struct isolated_rows, next);
    if (rows->mailbox == NULL)
        release(rows);
    else
        make_calls(rows);
}

enum status isolated_rows_start(const struct mailbox *mailbox, const struct lambda_run *run,
                                void *ctx, void (*done)(void *ctx), struct isolated_rows **ret_rows)
{
    struct isolated_rows *rows = mem_zalloc(sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    rows->engine = run->slot->engine;
    rows->engine->busy++;
    rows->mailbox = mailbox;
    rows->ctx = ctx;
    loop_task_init(&rows->next, on_next);
    rows->done = done;
    arena_init(&rows->arena,
               mailbox_room(MAILBOX_CALLS) + API_GATE_ANSWER_MAX_BYTES + ROOM_FOR_THE_REST);
    enum status status = copy_principal(rows, &run->gate.principal);
    if (status == STATUS_OK)
        status = isolated_puts_read(mailbox, &rows->arena, rows->puts, &rows->count);
    if (status != STATUS_OK) {
        release(rows);
        return status;
    }
    *ret_rows = rows;
    make_calls(rows);
    return STATUS_OK;
}

void isolated_rows_forget(struct isolated_rows *rows)
{
    if (rows != NULL)
        rows->mailbox = NULL;
}
