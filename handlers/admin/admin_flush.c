#include "emulator/auth/principal.h"
#include "emulator/base/json_writer.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

#define SHOWN_CHARS 200

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

/* The parameter, or what the credentials say. */
static struct slice parameter_or(struct call *call, const char *name, struct slice otherwise)
{
    struct slice value = {NULL, 0};
    enum status status = request_parameter(&call->request, &call->arena, name, &value);
    return status == STATUS_OK && value.len > 0 ? value : otherwise;
}

static bool check_parameters(struct call *call)
{
    struct slice rest = call->request.query;
    struct slice name;
    struct slice value;
    while (request_next_parameter(&rest, &name, &value)) {
        if (slice_equal(name, SLICE("region")) || slice_equal(name, SLICE("account")))
            continue;
        call_fail(call, &admin_error_invalid_request,
                  "There is no parameter \"%.*s\" in this request.",
                  SLICE_ARG(slice_first(name, SHOWN_CHARS)));
        return false;
    }
    return true;
}

void admin_flush_stream(struct call *call)
{
    static const char *const members[] = {NULL};
    if (!admin_allow_members(call, members) || !check_parameters(call))
        return;
    struct stream_flush *self = arena_zalloc(&call->arena, sizeof(*self));
    if (self == NULL || admin_path_name(call, &self->stream) != STATUS_OK) {
        call_fail_internal(call, STATUS_NO_MEMORY, "flushing a stream");
        return;
    }
    self->call = call;
    self->flush.done = flushed;
    struct slice region = parameter_or(call, "region", call->principal->region);
    struct slice account = parameter_or(call, "account", call->principal->account);
    enum status status =
        delivery_flush(call->sandbox->delivery, account, region, self->stream, &self->flush);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &admin_error_not_found,
                  "There is no delivery stream %.*s in account %.*s, region %.*s.",
                  SLICE_ARG(slice_first(self->stream, SHOWN_CHARS)), SLICE_ARG(account),
                  SLICE_ARG(region));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "flushing a stream");
}
