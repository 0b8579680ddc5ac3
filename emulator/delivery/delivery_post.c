#include "emulator/delivery/delivery_post.h"

#include "emulator/base/ids.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/endpoint_answer.h"
#include "emulator/delivery/endpoint_failure.h"
#include "emulator/delivery/endpoint_request.h"
#include "emulator/delivery/http_client.h"
#include "emulator/loop/random.h"
#include "emulator/loop/worker.h"

#define ARENA_MAX_BYTES ((size_t)512 * 1024)
#define BODY_MAX_BYTES ((size_t)512 * 1024 * 1024)
#define MESSAGE_MAX_BYTES ((size_t)16 * 1024)
#define AGAIN_MS 1000

enum { HEADERS_MAX = 10, SPREAD = 301 };

struct delivery_post {
    struct delivery_stream *stream;
    struct delivery_buffer *buffer;
    struct delivery_claim claim;
    struct sim_timer retry;
    bool is_waiting;
    bool wants_room; /* the time of its retry has come */
    unsigned attempts;
    int64_t first_ms; /* of the first attempt */
    char request_id[UUID_CHARS + 1];
    struct worker_job job;

    /* of one attempt */
    struct arena arena; /* copies of settings, which may change meanwhile */
    const char *headers[HEADERS_MAX + 1];
    struct endpoint_request request;
    struct http_client *client;
    struct http_exchange exchange;
    struct endpoint_verdict verdict;
    struct text message;
    enum status status;

    struct endpoint_failure *failure; /* owned; while giving up */
};

/* ---- life ---- */

static void clear_attempt(struct delivery_post *post)
{
    text_close(&post->exchange.answer);
    text_close(&post->message);
    arena_clear(&post->arena);
    if (post->failure != NULL)
        text_close(&post->failure->text);
    mem_free(post->failure);
    post->failure = NULL;
}

static void destroy(struct delivery_post *post)
{
    struct delivery_stream *stream = post->stream;
    sim_timer_stop(stream->engine->deps.clock, &post->retry);
    post->buffer->is_writing = false;
    stream->post = NULL;
    clear_attempt(post);
    mem_free(post);
}

static void give_back(struct delivery_post *post)
{
    delivery_buffer_give_back(post->buffer, &post->claim);
    destroy(post);
}

bool delivery_post_has_room(struct delivery_engine *engine)
{
    if (engine->posting < DELIVERY_MAX_POSTS)
        return true;
    engine->posts_wait = true;
    return false;
}

/* Streams that found no room look again. */
static void wake_others(struct delivery_engine *engine)
{
    if (!engine->posts_wait)
        return;
    engine->posts_wait = false;
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        struct delivery_post *post = stream->post;
        if (post != NULL && post->wants_room)
            delivery_post_hurry(stream);
        else if (post == NULL && stream->settings.has_endpoint)
            delivery_pump_check(stream);
    }
}

/* Nothing is under way any more; the post may be gone. */
static void ended(struct delivery_stream *stream)
{
    struct delivery_engine *engine = stream->engine;
    engine->posting--;
    delivery_pump_check(stream);
    wake_others(engine);
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

/* Something of ours failed: the records wait again, for a moment. */
static void postpone(struct delivery_post *post, const char *what, enum status status)
{
    struct delivery_stream *stream = post->stream;
    struct delivery_buffer *buffer = post->buffer;
    log_line(LOG_ERROR, "firehose: %.*s: %s: %s", SLICE_ARG(stream->name), what,
             status_text(status));
    buffer->not_before_ms = sim_clock_now_ms(stream->engine->deps.clock) + AGAIN_MS;
    buffer->flush_through_id = 0;
    delivery_flush_failed(stream);
    give_back(post);
}

/* ---- delivered ---- */

static void deliver(struct delivery_post *post)
{
    struct delivery_stream *stream = post->stream;
    struct db *db = stream->engine->deps.db;
    db_unit_begin(db);
    enum status status = delivery_buffer_remove(&post->claim, db);
    if (status == STATUS_OK) {
        delivery_report_delivered(stream, slice_of(post->request_id), post->claim.records,
                                  post->claim.bytes);
        delivery_metrics_object(stream, STAGE_DELIVER, &post->claim, true);
    }
    enum status over = db_unit_end(db, status == STATUS_OK);
    if (status != STATUS_OK || over != STATUS_OK) {
        postpone(post, "a delivery was not recorded", status != STATUS_OK ? status : over);
        return;
    }
    post->buffer->failures = 0;
    post->buffer->not_before_ms = 0;
    delivery_buffer_settle(&post->claim);
    delivery_flush_count(stream, STAGE_DELIVER, post->claim.records);
    delivery_sweep(stream->engine);
    destroy(post);
}

/* ---- given up ---- */

static struct delivery_report describe(const struct delivery_post *post)
{
    return (struct delivery_report){
        .code = post->verdict.error->code,
        .message = post->verdict.error->message,
        .log_message = text_slice(&post->message),
        .records = post->claim.records,
        .bytes = post->claim.bytes,
    };
}

static enum status store_lines(struct delivery_post *post)
{
    struct delivery_stream *stream = post->stream;
    struct delivery_buffer *errors = &stream->buffers[STAGE_ENDPOINT_ERROR];
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    enum status status = delivery_buffer_remove(&post->claim, stream->engine->deps.db);
    for (size_t i = 0; status == STATUS_OK && i < post->failure->count; i++)
        status = delivery_stream_append(errors, &post->failure->chunks[i], now_ms);
    if (status != STATUS_OK)
        return status;
    struct delivery_report report = describe(post);
    delivery_report_failed(stream, &report);
    delivery_report_error(stream, &report);
    delivery_metrics_object(stream, STAGE_DELIVER, &post->claim, false);
    return STATUS_OK;
}

/* A flush that asked for the records gets their lines. */
static void move_lines(struct delivery_post *post)
{
    struct delivery_stream *stream = post->stream;
    struct delivery_buffer *errors = &stream->buffers[STAGE_ENDPOINT_ERROR];
    struct db *db = stream->engine->deps.db;
    db_unit_begin(db);
    enum status status = store_lines(post);
    enum status over = db_unit_end(db, status == STATUS_OK);
    if (status != STATUS_OK || over != STATUS_OK) {
        postpone(post, "failed records were not kept", status != STATUS_OK ? status : over);
        return;
    }
    if (post->claim.first_id <= post->buffer->flush_through_id)
        errors->flush_through_id = errors->last_id;
    post->buffer->failures = 0;
    delivery_buffer_settle(&post->claim);
    delivery_sweep(stream->engine);
    destroy(post);
}

static void on_lines(struct worker_job *job)
{
    struct delivery_post *post = list_entry(job, struct delivery_post, job);
    struct delivery_stream *stream = post->stream;
    if (delivery_stream_is_ending(stream))
        give_back(post);
    else if (post->status != STATUS_OK)
        postpone(post, "failed records could not be read", post->status);
    else
        move_lines(post);
    ended(stream);
}

static void make_lines(struct worker_job *job)
{
    struct delivery_post *post = list_entry(job, struct delivery_post, job);
    post->status = endpoint_failure_make(post->failure);
}

static enum status give_up(struct delivery_post *post, int64_t now_ms)
{
    struct delivery_deps *deps = &post->stream->engine->deps;
    post->failure = mem_zalloc(sizeof(*post->failure));
    if (post->failure == NULL)
        return STATUS_NO_MEMORY;
    *post->failure = (struct endpoint_failure){
        .db = deps->db,
        .first_id = post->claim.first_id,
        .last_id = post->claim.last_id,
        .records = post->claim.records,
        .code = post->verdict.error->code,
        .message = text_slice(&post->message),
        .attempts = post->attempts,
        .ended_ms = now_ms,
    };
    post->job = (struct worker_job){.work = make_lines, .done = on_lines};
    return worker_submit(deps->loop, &post->job);
}

/* ---- one attempt ---- */

static void report_retry(struct delivery_post *post)
{
    struct delivery_stream *stream = post->stream;
    struct db *db = stream->engine->deps.db;
    struct delivery_report report = describe(post);
    if (post->attempts == 1)
        log_line(LOG_WARNING, "firehose: %.*s: no delivery to the HTTP endpoint: %.*s",
                 SLICE_ARG(stream->name), SLICE_ARG(report.code));
    db_unit_begin(db);
    delivery_report_retry(stream, &report);
    delivery_report_error(stream, &report);
    delivery_metrics_object(stream, STAGE_DELIVER, &post->claim, false);
    enum status status = db_unit_end(db, true);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "firehose: a log event was not stored: %s", status_text(status));
}

/* A flush tries once: its caller learns that the endpoint did not take it. */
static void wait_for_retry(struct delivery_post *post, int64_t due_ms)
{
    struct delivery_stream *stream = post->stream;
    report_retry(post);
    clear_attempt(post);
    post->buffer->failures = post->attempts;
    post->buffer->flush_through_id = 0;
    delivery_flush_failed(stream);
    post->is_waiting = true;
    sim_timer_start(stream->engine->deps.clock, &post->retry, due_ms);
}

/* False: it goes on on a worker. */
static bool end_refused(struct delivery_post *post)
{
    struct delivery_engine *engine = post->stream->engine;
    int64_t now_ms = sim_clock_now_ms(engine->deps.clock);
    unsigned spread = (unsigned)random_below(engine->deps.random, SPREAD);
    int64_t due_ms = now_ms + endpoint_answer_back_off_ms(post->attempts, spread);
    bool is_over = due_ms > post->first_ms + post->stream->settings.endpoint.retry_ms;
    if (!engine->is_running) {
        give_back(post);
    } else if (post->verdict.is_permanent || is_over) {
        enum status status = give_up(post, now_ms);
        if (status == STATUS_OK)
            return false;
        postpone(post, "records could not be given up", status);
    } else {
        wait_for_retry(post, due_ms);
    }
    return true;
}

static void on_answered(struct worker_job *job)
{
    struct delivery_post *post = list_entry(job, struct delivery_post, job);
    struct delivery_stream *stream = post->stream;
    bool is_over = true;
    if (delivery_stream_is_ending(stream))
        give_back(post);
    else if (post->status != STATUS_OK)
        postpone(post, "a request could not be made", post->status);
    else if (post->verdict.error == NULL)
        deliver(post);
    else
        is_over = end_refused(post);
    if (is_over)
        ended(stream);
}

static void send_body(struct delivery_post *post, struct text *body)
{
    int64_t records = 0;
    post->status = endpoint_request_make(&post->request, body, &records);
    if (post->status == STATUS_OK && records != post->claim.records)
        post->status = STATUS_CORRUPT;
    if (post->status != STATUS_OK)
        return;
    post->exchange.body = text_slice(body);
    post->status = http_client_post(post->client, &post->exchange);
}

/* On a worker. */
static void work(struct worker_job *job)
{
    struct delivery_post *post = list_entry(job, struct delivery_post, job);
    struct text body;
    text_init(&body, BODY_MAX_BYTES);
    send_body(post, &body);
    text_close(&body);
    if (post->status != STATUS_OK)
        return;
    post->verdict = endpoint_answer_judge(&post->exchange, post->request.request_id);
    if (post->verdict.error != NULL)
        endpoint_answer_message(&post->message, post->verdict.error, &post->exchange);
    post->status = post->message.status;
}

static bool add_header(struct delivery_post *post, size_t *count, const char *name,
                       struct slice value)
{
    const char *line = value.len > 0
                           ? arena_printf(&post->arena, "%s: %.*s", name, SLICE_ARG(value))
                           : arena_printf(&post->arena, "%s;", name);
    post->headers[(*count)++] = line;
    return line != NULL;
}

static enum status make_headers(struct delivery_post *post)
{
    const struct delivery_endpoint *endpoint = &post->stream->settings.endpoint;
    size_t n = 0;
    bool is_made =
        add_header(post, &n, "X-Amz-Firehose-Protocol-Version", SLICE("1.0")) &&
        add_header(post, &n, "X-Amz-Firehose-Request-Id", slice_of(post->request_id)) &&
        add_header(post, &n, "X-Amz-Firehose-Source-Arn", post->stream->arn) &&
        add_header(post, &n, "Content-Type", SLICE("application/json")) &&
        add_header(post, &n, "User-Agent", SLICE("Amazon Kinesis Data Firehose Agent/1.0"));
    post->headers[n++] = "Accept:"; /* without: libcurl's own */
    post->headers[n++] = "Expect:";
    if (endpoint->access_key.len > 0)
        is_made =
            is_made && add_header(post, &n, "X-Amz-Firehose-Access-Key", endpoint->access_key);
    if (endpoint->attributes.len > 0)
        is_made = is_made &&
                  add_header(post, &n, "X-Amz-Firehose-Common-Attributes", endpoint->attributes);
    if (endpoint->is_gzip)
        is_made = is_made && add_header(post, &n, "Content-Encoding", SLICE("gzip"));
    post->headers[n] = NULL;
    return is_made ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status prepare(struct delivery_post *post)
{
    struct delivery_engine *engine = post->stream->engine;
    const struct delivery_endpoint *endpoint = &post->stream->settings.endpoint;
    enum status status = STATUS_OK;
    if (engine->http == NULL)
        status = http_client_open(&engine->http);
    if (status == STATUS_NOT_FOUND)
        log_line(LOG_ERROR, "firehose: delivery to HTTP endpoints needs libcurl.so.4 (libcurl4)");
    if (status == STATUS_OK)
        status = make_headers(post);
    if (status != STATUS_OK)
        return status;
    post->client = engine->http;
    post->exchange = (struct http_exchange){.headers = post->headers};
    post->exchange.url = arena_text(&post->arena, endpoint->target.bucket_arn);
    post->request = (struct endpoint_request){
        .db = engine->deps.db,
        .first_id = post->claim.first_id,
        .last_id = post->claim.last_id,
        .request_id = slice_of(post->request_id),
        .timestamp_ms = sim_clock_now_ms(engine->deps.clock),
        .is_gzip = endpoint->is_gzip,
    };
    return post->exchange.url != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status attempt(struct delivery_post *post)
{
    struct delivery_engine *engine = post->stream->engine;
    arena_init(&post->arena, ARENA_MAX_BYTES);
    text_init(&post->message, MESSAGE_MAX_BYTES);
    post->is_waiting = false;
    post->job = (struct worker_job){.work = work, .done = on_answered};
    enum status status = prepare(post);
    if (status == STATUS_OK)
        status = worker_submit(engine->deps.loop, &post->job);
    if (status != STATUS_OK)
        return status;
    post->attempts++;
    engine->posting++;
    delivery_pump_began(engine);
    return STATUS_OK;
}

/* ---- what others call ---- */

static void on_retry(struct sim_timer *timer)
{
    struct delivery_post *post = list_entry(timer, struct delivery_post, retry);
    struct delivery_stream *stream = post->stream;
    post->wants_room = !delivery_post_has_room(stream->engine);
    if (post->wants_room)
        return;
    enum status status = attempt(post);
    if (status != STATUS_OK) {
        postpone(post, "a request could not be begun", status);
        delivery_pump_check(stream);
    }
}

enum status delivery_post_start(struct delivery_buffer *buffer)
{
    struct delivery_stream *stream = buffer->stream;
    struct delivery_engine *engine = stream->engine;
    struct delivery_post *post = mem_zalloc(sizeof(*post));
    if (post == NULL)
        return STATUS_NO_MEMORY;
    struct delivery_limits limits = delivery_stream_limits(stream, buffer->stage);
    enum status status =
        delivery_buffer_claim(buffer, engine->deps.db, &limits, true, &post->claim);
    if (status != STATUS_OK) {
        mem_free(post);
        return status;
    }
    post->stream = stream;
    post->buffer = buffer;
    post->first_ms = sim_clock_now_ms(engine->deps.clock);
    sim_timer_init(&post->retry, on_retry);
    random_uuid(engine->deps.random, post->request_id);
    stream->post = post;
    buffer->is_writing = true;
    status = attempt(post);
    if (status != STATUS_OK)
        give_back(post);
    return status;
}

void delivery_post_hurry(struct delivery_stream *stream)
{
    struct sim_clock *clock = stream->engine->deps.clock;
    if (stream->post != NULL && stream->post->is_waiting)
        sim_timer_start(clock, &stream->post->retry, sim_clock_now_ms(clock));
}

void delivery_post_drop(struct delivery_stream *stream)
{
    if (stream->post != NULL && stream->post->is_waiting)
        give_back(stream->post);
}

int64_t delivery_post_retry_ms(const struct delivery_stream *stream)
{
    return stream->post != NULL && stream->post->is_waiting ? stream->post->retry.due_ms : 0;
}
