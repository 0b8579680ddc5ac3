#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"
#include "handlers/s3/s3_upload.h"

static bool check_conditions(struct call *call)
{
    struct object *existing = NULL;
    return s3_find_existing(call, &existing) && s3_conditions_for_write(call, existing);
}

/* The client's algorithm, or AWS's default. */
static enum checksum_algorithm algorithm_of(const struct s3_upload_plan *plan)
{
    enum checksum_algorithm sent = plan->digests.checksum.algorithm;
    return sent != CHECKSUM_NONE ? sent : CHECKSUM_CRC64NVME;
}

static struct object_checksum checksum_of(struct call *call, const struct body *body)
{
    return s3_checksum_of(call, algorithm_of(s3_call_of(call)->own), body);
}

/* Conditions are looked at again: the world may have moved while the body came in. */
static bool store(struct call *call, const struct body *body)
{
    if (!check_conditions(call))
        return false;
    struct object_put put = s3_object_put(call);
    put.checksum = checksum_of(call, body);
    enum status status = object_store_put(call->sandbox->db, call->sandbox->blobs, &put, body);
    return status == STATUS_OK || s3_refuse_put(call, status);
}

static void answer(struct call *call, const struct body *body)
{
    char etag[2 * MD5_BYTES + 1];
    struct object_checksum checksum = checksum_of(call, body);
    hash_hex(body->md5, MD5_BYTES, etag);
    s3_add_etag_header(call, slice_of(etag));
    s3_checksum_add_headers(call, &checksum);
    s3_add_written_headers(call);
    s3_answer_empty(call, 200);
}

void s3_begin_put_object(struct call *call)
{
    struct s3_upload_plan *plan = arena_zalloc(&call->arena, sizeof(*plan));
    if (plan == NULL) {
        (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "starting an upload");
        return;
    }
    s3_call_of(call)->own = plan;
    plan->store = store;
    plan->answer = answer;
    (void)(s3_conditions_check_form(call) && s3_digests_read(call, &plan->digests) &&
           s3_metadata_read(call, &s3_call_of(call)->metadata) &&
           s3_traits_read(call, &s3_call_of(call)->traits) && check_conditions(call) &&
           s3_upload_start(call, plan));
}

void s3_put_object(struct call *call)
{
    s3_upload_finish(call);
}
