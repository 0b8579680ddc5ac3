#include "emulator/base/json_writer.h"
#include "emulator/delivery/delivery_view.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

/* In the call's arena. */
struct stream_flush {
    struct delivery_flush flush;
    struct call *call;
    struct slice stream;
};

static void answer(const struct stream_flush *self)
{
    const struct delivery_flush *flush = &self->flush;
    struct text body = admin_text(self->call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "stream", self->stream);
    json_put_integer(&w, "objects", (int64_t)flush->objects);
    json_put_integer(&w, "delivered_records", (int64_t)flush->delivered_records);
    json_put_integer(&w, "failed_records", (int64_t)flush->failed_records);
    json_put_integer(&w, "backup_records", (int64_t)flush->backup_records);
    json_put_integer(&w, "waiting_records", (int64_t)flush->waiting_records);
    json_end_object(&w);
    admin_answer(self->call, &body);
}

static void flushed(struct delivery_flush *flush)
{
    struct stream_flush *self = list_entry(flush, struct stream_flush, flush);
    if (flush->status == STATUS_OK)
        answer(self);
    else if (flush->status == STATUS_CANCELLED)
        call_fail(self->call, &admin_error_conflict, "Stream %.*s was deleted meanwhile.",
                  SLICE_ARG(self->stream));
    else if (flush->status == STATUS_CONFLICT)
        call_fail(self->call, &admin_error_conflict,
                  "Not everything of stream %.*s could be written to S3; %llu records wait.",
                  SLICE_ARG(self->stream), (unsigned long long)flush->waiting_records);
    else
        call_fail_internal(self->call, flush->status, "flushing a stream");
}

void admin_flush_stream(struct call *call)
{
    struct delivery_stream *stream = admin_require_stream(call);
    if (stream == NULL)
        return;
    struct delivery_view_stream names = delivery_view_names(stream);
    struct stream_flush *self = arena_zalloc(&call->arena, sizeof(*self));
    if (self == NULL || arena_copy(&call->arena, names.name, &self->stream) != STATUS_OK) {
        call_fail_internal(call, STATUS_NO_MEMORY, "flushing a stream");
        return;
    }
    self->call = call;
    self->flush.done = flushed;
    enum status status = delivery_flush(call->sandbox->delivery, names.account, names.region,
                                        names.name, &self->flush);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "flushing a stream");
}
