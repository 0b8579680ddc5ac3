/*
 * admin_drain.c -- flushing every delivery stream of the sandbox, and answering when all are done.
 */
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

struct drain;

struct one_flush {
    struct delivery_flush flush;
    struct drain *drain;
};

/* In the call's arena, with its flushes. */
struct drain {
    struct call *call;
    struct one_flush *flushes;
    size_t count;
    size_t running;
    struct delivery_flush total;
    size_t failed; /* streams of which something could not be written */
};

static void answer(struct drain *drain)
{
    if (drain->failed > 0) {
        call_fail(drain->call, &admin_error_conflict,
                  "Not everything of %llu streams could be written to S3; %llu records wait.",
                  (unsigned long long)drain->failed,
                  (unsigned long long)drain->total.waiting_records);
        return;
    }
    struct text body = admin_text(drain->call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_integer(&w, "streams", (int64_t)drain->count);
    json_put_integer(&w, "objects", (int64_t)drain->total.objects);
    json_put_integer(&w, "delivered_records", (int64_t)drain->total.delivered_records);
    json_put_integer(&w, "failed_records", (int64_t)drain->total.failed_records);
    json_put_integer(&w, "backup_records", (int64_t)drain->total.backup_records);
    json_put_integer(&w, "waiting_records", (int64_t)drain->total.waiting_records);
    json_end_object(&w);
    admin_answer(drain->call, &body);
}

/* A stream deleted meanwhile has nothing left to flush. */
static void flushed(struct delivery_flush *flush)
{
    struct drain *drain = list_entry(flush, struct one_flush, flush)->drain;
    struct delivery_flush *total = &drain->total;
    total->objects += flush->objects;
    total->delivered_records += flush->delivered_records;
    total->failed_records += flush->failed_records;
    total->backup_records += flush->backup_records;
    total->waiting_records += flush->waiting_records;
    drain->failed += flush->status == STATUS_CONFLICT;
    drain->running--;
    if (drain->running == 0)
        answer(drain);
}

static void count_stream(void *arg, const struct delivery_view_stream *stream)
{
    (void)stream;
    (*(size_t *)arg)++;
}

/* done() comes on a later turn, so all flushes are counted before the first one ends. */
static void flush_stream(void *arg, const struct delivery_view_stream *stream)
{
    struct drain *drain = arg;
    struct one_flush *one = &drain->flushes[drain->count];
    one->drain = drain;
    one->flush.done = flushed;
    if (delivery_flush(drain->call->sandbox->delivery, stream->account, stream->region,
                       stream->name, &one->flush) != STATUS_OK)
        return;
    drain->count++;
    drain->running++;
}

void admin_drain(struct call *call)
{
    static const char *const members[] = {NULL};
    size_t count = 0;
    if (!admin_allow_members(call, members))
        return;
    delivery_view_streams(call->sandbox->delivery, count_stream, &count);
    struct drain *drain = arena_zalloc(&call->arena, sizeof(*drain));
    struct one_flush *flushes = arena_zalloc(&call->arena, (count + 1) * sizeof(*flushes));
    if (drain == NULL || flushes == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "flushing all streams");
        return;
    }
    drain->call = call;
    drain->flushes = flushes;
    delivery_view_streams(call->sandbox->delivery, flush_stream, drain);
    if (drain->running == 0)
        answer(drain);
}
