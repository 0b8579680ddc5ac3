/*
 * log_portion_send.c -- a portion on its way to Kinesis or Firehose, and what its end means.
 */
#include "emulator/base/hash.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/loop/random.h"
#include "handlers/logs/log_portion.h"

#define INPUT_MAX_BYTES ((size_t)32 * 1024 * 1024)
#define RETRY_FIRST_MS 1000
#define RETRY_MOST_MS 60000
#define GIVE_UP_MS (INT64_C(24) * 3600 * 1000)
#define DISABLED_MS (INT64_C(10) * 60 * 1000)
#define KEY_CHARS (2 * MD5_BYTES)

/* ---- sending ---- */

/* The same for all of a stream's events, or another one each time. */
static void write_partition_key(const struct log_portion *portion, struct json_writer *w)
{
    const struct json *settings = NULL;
    uint8_t digest[MD5_BYTES];
    char key[KEY_CHARS + 1];
    struct arena scratch;
    arena_init(&scratch, (size_t)64 * 1024);
    bool is_random = json_parse(portion->filter.settings, &scratch, &settings) == STATUS_OK &&
                     slice_equal_text(json_member_string(settings, "distribution"), "Random");
    if (is_random)
        random_bytes(portion->random, digest, sizeof(digest));
    else
        hash_md5(slice_make(&portion->note.stream_id, sizeof(portion->note.stream_id)), digest);
    arena_clear(&scratch);
    hash_hex(digest, sizeof(digest), key);
    json_put_text(w, "PartitionKey", key);
}

static struct slice write_input(struct log_portion *portion)
{
    struct text input;
    text_init_in(&input, &portion->arena, INPUT_MAX_BYTES);
    struct json_writer w = json_writer_make(&input);
    json_begin_object(&w);
    if (portion->target.kind == LOG_TARGET_KINESIS) {
        json_put_string(&w, "StreamName", portion->target.name);
        write_partition_key(portion, &w);
        json_put_string(&w, "Data", text_slice(&portion->data));
    } else {
        json_put_string(&w, "DeliveryStreamName", portion->target.name);
        json_key(&w, "Record");
        json_begin_object(&w);
        json_put_string(&w, "Data", text_slice(&portion->data));
        json_end_object(&w);
    }
    json_end_object(&w);
    return input.status == STATUS_OK ? text_slice(&input) : slice_make(NULL, 0);
}

/* The part of "__type" behind a '#'. */
static void keep_error(struct log_portion *portion, struct slice output)
{
    const struct json *answer = NULL;
    portion->error_code = SLICE("InternalFailure");
    if (json_parse(output, &portion->arena, &answer) != STATUS_OK)
        return;
    struct slice type = json_member_string(answer, "__type");
    size_t prefix = slice_find(type, '#');
    portion->error_code = prefix < type.len ? slice_from(type, prefix + 1) : type;
}

static void on_answer(struct api_port_call *call)
{
    struct log_portion *portion = list_entry(call, struct log_portion, call);
    portion->http_status = call->http_status;
    if (call->http_status != 200)
        keep_error(portion, call->output);
    portion->sent(portion);
}

void log_portion_send(struct log_portion *portion, const struct api_port *port,
                      void (*sent)(struct log_portion *portion))
{
    bool is_kinesis = portion->target.kind == LOG_TARGET_KINESIS;
    portion->sent = sent;
    portion->principal = (struct principal){.account = portion->target.account,
                                            .region = portion->target.region,
                                            .arn = SLICE("arn:aws:sts::logs")};
    portion->call = (struct api_port_call){
        .principal = &portion->principal,
        .service = is_kinesis ? "kinesis" : "firehose",
        .operation = "PutRecord",
        .input = write_input(portion),
        .done = on_answer,
    };
    port->call(port->ctx, &portion->call);
}

/* ---- what the answer means ---- */

static bool is_retryable(const struct log_portion *portion)
{
    static const char *const codes[] = {"ProvisionedThroughputExceededException",
                                        "LimitExceededException", "ThrottlingException",
                                        "KMSThrottlingException", "ServiceUnavailableException"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (slice_equal_text(portion->error_code, codes[i]))
            return true;
    return portion->http_status >= 500;
}

/* It is about what was sent, not about the destination. */
static bool is_about_data(const struct log_portion *portion)
{
    return slice_equal_text(portion->error_code, "ValidationException") ||
           slice_equal_text(portion->error_code, "InvalidArgumentException");
}

static enum status put_off(struct log_portion *portion, struct db *db, int64_t now_ms)
{
    struct log_filter_row *filter = &portion->filter;
    int64_t wait_ms = RETRY_FIRST_MS;
    for (int64_t i = 0; i < filter->failures && wait_ms < RETRY_MOST_MS; i++)
        wait_ms *= 2;
    if (filter->failures == 0)
        filter->failing_since_ms = now_ms;
    filter->failures++;
    filter->next_ms = now_ms + (wait_ms < RETRY_MOST_MS ? wait_ms : RETRY_MOST_MS);
    return log_filter_set_health(db, filter);
}

static enum status recover(struct log_portion *portion, struct db *db)
{
    struct log_filter_row *filter = &portion->filter;
    if (filter->failures == 0 && filter->disabled_until_ms == 0)
        return STATUS_OK;
    filter->failures = 0;
    filter->next_ms = 0;
    filter->disabled_until_ms = 0;
    return log_filter_set_health(db, filter);
}

static enum status disable(struct log_portion *portion, struct db *db, int64_t now_ms)
{
    struct log_filter_row *filter = &portion->filter;
    log_line(LOG_WARNING,
             "subscription filter %.*s of %.*s: %.*s; its events are left out for ten minutes",
             SLICE_ARG(filter->name), SLICE_ARG(filter->group), SLICE_ARG(portion->error_code));
    filter->failures = 0;
    filter->next_ms = 0;
    filter->disabled_until_ms = now_ms + DISABLED_MS;
    return log_filter_set_health(db, filter);
}

static void tell_given_up(const struct log_portion *portion)
{
    log_line(LOG_WARNING, "subscription filter %.*s of %.*s: %.*s; events are given up",
             SLICE_ARG(portion->filter.name), SLICE_ARG(portion->filter.group),
             SLICE_ARG(portion->error_code));
}

enum status log_portion_settle(struct log_portion *portion, struct db *db, int64_t now_ms)
{
    const struct log_filter_row *filter = &portion->filter;
    bool is_sent = portion->http_status >= 200 && portion->http_status < 300;
    bool is_over = filter->failures > 0 && now_ms - filter->failing_since_ms >= GIVE_UP_MS;
    bool is_given_up = !is_sent && (is_retryable(portion) ? is_over : is_about_data(portion));
    if (!is_sent && !is_given_up && is_retryable(portion))
        return put_off(portion, db, now_ms);
    if (is_given_up)
        tell_given_up(portion);
    enum status status =
        is_sent || is_given_up ? recover(portion, db) : disable(portion, db, now_ms);
    return status == STATUS_OK ? log_forward_move(db, &portion->note, portion->next_event) : status;
}
