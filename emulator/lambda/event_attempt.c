#include "emulator/lambda/event_attempt.h"

#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"

#define ATTEMPT_ARENA_BYTES ((size_t)128 * 1024 * 1024)
#define RETRY_MAX_MS INT64_C(60000)
#define REFUSED_MS INT64_C(30000)

/* ---- life -------------------------------------------------------------------------------- */

static enum status copy_row(struct arena *arena, const struct event_source_row *from,
                            struct event_source_row *to)
{
    *to = *from;
    enum status status = arena_copy(arena, from->account, &to->account);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->region, &to->region);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->function, &to->function);
    if (status == STATUS_OK)
        status = arena_copy(arena, from->source_arn, &to->source_arn);
    to->uuid = to->starting_position = to->change = to->last_result = to->tags = SLICE("");
    return status;
}

enum status event_attempt_create(void *owner, const struct event_source_row *row,
                                 const struct event_source_lane *lane,
                                 struct event_attempt **ret_attempt)
{
    struct event_attempt *attempt = mem_zalloc(sizeof(*attempt));
    if (attempt == NULL)
        return STATUS_NO_MEMORY;
    attempt->owner = owner;
    attempt->lane = *lane;
    list_init(&attempt->link);
    arena_init(&attempt->arena, ATTEMPT_ARENA_BYTES);
    enum status status = copy_row(&attempt->arena, row, &attempt->row);
    if (status != STATUS_OK) {
        event_attempt_free(attempt);
        return status;
    }
    *ret_attempt = attempt;
    return STATUS_OK;
}

void event_attempt_free(struct event_attempt *attempt)
{
    lambda_invocation_clear(&attempt->invocation);
    arena_clear(&attempt->arena);
    mem_free(attempt);
}

/* ---- reading ----------------------------------------------------------------------------- */

/* Older records are not handed over any more. */
static int64_t oldest_ms(const struct event_attempt *attempt, int64_t now_ms)
{
    int64_t age_ms = attempt->stream.retention_ms;
    int64_t max_age_s = attempt->row.max_age_s;
    if (max_age_s >= 0 && max_age_s * 1000 < age_ms)
        age_ms = max_age_s * 1000;
    return now_ms - age_ms;
}

enum status event_attempt_read(struct event_attempt *attempt, struct db *db,
                               const struct event_stream *stream, const struct event_shard *shard,
                               int64_t now_ms)
{
    const struct event_source_lane *lane = &attempt->lane;
    attempt->stream = *stream;
    enum status status = event_stream_parse(attempt->row.source_arn, &attempt->stream);
    if (status != STATUS_OK)
        return status;
    attempt->stream.id = stream->id;
    attempt->stream.created_ms = stream->created_ms;
    attempt->stream.shards = stream->shards;
    attempt->stream.retention_ms = stream->retention_ms;
    attempt->stream.view = stream->view;
    const struct event_stream_request request = {
        .after = lane->position,
        .last = lane->piece > 0 ? lane->piece_end : INT64_MAX,
        .max_records = lane->piece > 0 ? lane->piece : attempt->row.batch_size,
        .from_ms = oldest_ms(attempt, now_ms),
        .write_item = attempt->write_item,
    };
    status =
        event_stream_read(db, &attempt->stream, shard, &request, &attempt->arena, &attempt->batch);
    attempt->invocation.account = attempt->row.account;
    attempt->invocation.region = attempt->row.region;
    attempt->invocation.function = attempt->row.function;
    attempt->invocation.event = text_slice(&attempt->batch.event);
    return status;
}

int64_t event_attempt_due_ms(const struct event_attempt *attempt)
{
    const struct event_batch *batch = &attempt->batch;
    bool is_whole = batch->is_full || (int64_t)batch->records >= attempt->row.batch_size;
    bool is_retry = attempt->lane.piece > 0 || attempt->lane.failures > 0;
    if (is_whole || is_retry)
        return INT64_MIN;
    return batch->first_ms + attempt->row.window_s * 1000;
}

/* ---- outcome ----------------------------------------------------------------------------- */

void event_attempt_move(struct event_attempt *attempt, int64_t place)
{
    struct event_source_lane *lane = &attempt->lane;
    lane->position = place;
    lane->failures = 0;
    lane->next_ms = 0;
    if (place >= lane->piece_end)
        lane->piece = lane->piece_end = 0;
}

static void wait_after_failure(struct event_source_lane *lane, int64_t now_ms)
{
    int64_t delay_ms = 1000;
    for (int64_t i = 1; i < lane->failures && delay_ms < RETRY_MAX_MS; i++)
        delay_ms *= 2;
    lane->next_ms = now_ms + (delay_ms < RETRY_MAX_MS ? delay_ms : RETRY_MAX_MS);
}

static void fail_batch(struct event_attempt *attempt, int64_t now_ms)
{
    struct event_source_lane *lane = &attempt->lane;
    lane->failures++;
    if (attempt->row.max_retries < 0 || lane->failures <= attempt->row.max_retries) {
        wait_after_failure(lane, now_ms);
        return;
    }
    log_line(LOG_WARNING, "event source %.*s: %zu records are given up: %.*s has failed too often",
             SLICE_ARG(attempt->row.source_arn), attempt->batch.records,
             SLICE_ARG(attempt->row.function));
    event_attempt_move(attempt, attempt->batch.last_place);
}

/* The batch is tried in halves; a half of one record fails as any batch does. */
static void halve_or_fail(struct event_attempt *attempt, int64_t now_ms)
{
    struct event_source_lane *lane = &attempt->lane;
    if (!attempt->row.bisects || attempt->batch.records < 2) {
        fail_batch(attempt, now_ms);
        return;
    }
    if (lane->piece == 0)
        lane->piece_end = attempt->batch.last_place;
    lane->piece = (int64_t)(attempt->batch.records / 2);
    lane->next_ms = now_ms + 1000;
}

/* The lowest place the answer names as failed; INT64_MAX: none, INT64_MIN: nothing that is one. */
static int64_t first_failed(struct event_attempt *attempt)
{
    const struct json *answer = NULL;
    struct slice payload = attempt->invocation.payload;
    int64_t lowest = INT64_MAX;
    if (json_parse(payload, &attempt->arena, &answer) != STATUS_OK)
        return INT64_MIN;
    const struct json *item = json_first(json_member(answer, "batchItemFailures"));
    for (; item != NULL; item = json_next(item)) {
        int64_t place = 0;
        struct slice id = json_member_string(item, "itemIdentifier");
        if (event_stream_place(&attempt->stream, id, &place) != STATUS_OK ||
            place <= attempt->batch.after || place > attempt->batch.last_place)
            return INT64_MIN;
        if (place < lowest)
            lowest = place;
    }
    return lowest;
}

/* What stands before the first failed record has succeeded. */
static void settle_answer(struct event_attempt *attempt, int64_t now_ms)
{
    int64_t failed = attempt->row.reports_failures ? first_failed(attempt) : INT64_MAX;
    if (failed == INT64_MAX) {
        event_attempt_move(attempt, attempt->batch.last_place);
        return;
    }
    int64_t failures = attempt->lane.failures;
    if (failed > attempt->batch.after + 1) {
        event_attempt_move(attempt, failed - 1);
        failures = 0;
    }
    attempt->lane.failures = failures;
    fail_batch(attempt, now_ms);
}

static struct slice settle_lane(struct event_attempt *attempt, int64_t now_ms)
{
    switch (attempt->invocation.outcome) {
    case LAMBDA_OK:
        settle_answer(attempt, now_ms);
        return SLICE("OK");
    case LAMBDA_FUNCTION_ERROR:
    case LAMBDA_TIMED_OUT:
    case LAMBDA_MALFORMED:
        halve_or_fail(attempt, now_ms);
        return SLICE("PROBLEM: Function call failed");
    case LAMBDA_NOT_FOUND:
        attempt->lane.next_ms = now_ms + RETRY_MAX_MS;
        return SLICE("PROBLEM: Function not found");
    case LAMBDA_THROTTLED:
    case LAMBDA_INTERNAL_ERROR:
        break;
    }
    attempt->lane.next_ms = now_ms + REFUSED_MS;
    return SLICE("PROBLEM: Function call was throttled");
}

enum status event_attempt_settle(struct event_attempt *attempt, struct db *db, int64_t now_ms)
{
    struct slice result = settle_lane(attempt, now_ms);
    enum status status = event_source_store_set_result(db, attempt->row.id, result);
    return status == STATUS_OK ? event_source_store_put_lane(db, &attempt->lane) : status;
}
