#include "handlers/firehose/query_check.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/processor_check.h"
#include "handlers/firehose/stream_lookup.h"
#include "storage/db.h"

#define WHY_MAX_BYTES ((size_t)4 * 1024)
#define PROBLEM_MAX_BYTES ((size_t)8 * 1024)

/* In the call's arena; a call that waits is always answered before it goes. */
struct checking {
    struct call *call;
    void (*then)(struct call *call);
    struct delivery_query_check check;
    struct text why;
    struct query_verdict verdict;
};

const struct query_verdict *query_check_verdict(const struct call *call)
{
    return call->service_data;
}

/* The first one's: a second processor of the kind is refused. */
static struct slice find_program(struct call *call, const char *suffix)
{
    struct text problem;
    struct slice program = {NULL, 0};
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    const struct json *destination = destination_find(call->input, suffix, &problem);
    const struct json *processing = json_member(destination, "ProcessingConfiguration");
    const struct json *p = json_first(json_member(processing, "Processors"));
    for (; p != NULL && program.ptr == NULL; p = json_next(p))
        if (slice_equal_text(json_member_string(p, "Type"), "MetadataExtraction"))
            program = processor_parameter(p, "MetadataExtractionQuery");
    return program;
}

/* As gateway_run() does it for calls that do not wait. */
static void go_on(struct checking *own)
{
    struct call *call = own->call;
    struct db *db = call->sandbox->db;
    db_unit_begin(db);
    own->then(call);
    enum status status = db_unit_end(db, call->response.status < 400);
    if (status != STATUS_OK)
        call_replace_answer(call, status, "writing to the database");
}

static void on_checked(struct delivery_query_check *check)
{
    struct checking *own = list_entry(check, struct checking, check);
    struct call *call = own->call;
    enum status status = check->status;
    own->verdict.program = check->program;
    own->verdict.is_good = status == STATUS_OK;
    if (status == STATUS_OK || status == STATUS_INVALID)
        status = arena_copy(&call->arena, text_slice(&own->why), &own->verdict.why);
    text_close(&own->why);
    call->service_data = &own->verdict;
    if (status == STATUS_OK)
        go_on(own);
    else
        call_fail_internal(call, status, "compiling a MetadataExtractionQuery");
}

void query_check_run(struct call *call, const char *suffix, void (*then)(struct call *call))
{
    struct slice program = find_program(call, suffix);
    if (program.ptr == NULL) {
        then(call);
        return;
    }
    struct checking *own = arena_zalloc(&call->arena, sizeof(*own));
    if (own == NULL) {
        stream_lookup_fail_storage(call, STATUS_NO_MEMORY);
        return;
    }
    own->call = call;
    own->then = then;
    text_init(&own->why, WHY_MAX_BYTES);
    own->check =
        (struct delivery_query_check){.program = program, .problem = &own->why, .done = on_checked};
    delivery_query_check(call->sandbox->delivery, &own->check);
}
