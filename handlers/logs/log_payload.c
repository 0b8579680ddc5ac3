#include "handlers/logs/log_payload.h"

#include "emulator/base/base64.h"
#include "emulator/base/gzip.h"
#include "handlers/logs/log_tokens.h"

/* A message of 1 MiB whose every byte takes six in JSON, and what is around it. */
#define DOCUMENT_MAX_BYTES ((size_t)8 * 1024 * 1024)

void log_payload_begin(struct log_payload *payload, const struct log_filter_row *filter)
{
    *payload = (struct log_payload){.filter = filter};
    text_init(&payload->document, DOCUMENT_MAX_BYTES);
    payload->w = json_writer_make(&payload->document);
}

static void write_head(struct json_writer *w, const char *type, struct slice owner,
                       struct slice group, struct slice stream)
{
    json_begin_object(w);
    json_put_text(w, "messageType", type);
    json_put_string(w, "owner", owner);
    json_put_string(w, "logGroup", group);
    json_put_string(w, "logStream", stream);
    json_key(w, "subscriptionFilters");
    json_begin_array(w);
}

static void begin_events(struct json_writer *w)
{
    json_end_array(w);
    json_key(w, "logEvents");
    json_begin_array(w);
}

static void write_event(struct json_writer *w, const char *id, int64_t at_ms, struct slice message)
{
    json_begin_object(w);
    json_put_text(w, "id", id);
    json_put_integer(w, "timestamp", at_ms);
    json_put_string(w, "message", message);
    json_end_object(w);
}

void log_payload_add(struct log_payload *payload, const struct log_event_row *event)
{
    const struct log_filter_row *filter = payload->filter;
    char id[LOG_TOKEN_CHARS + 1];
    if (payload->events++ == 0) {
        write_head(&payload->w, "DATA_MESSAGE", filter->account, filter->group, event->stream_name);
        json_write_string(&payload->w, filter->name);
        begin_events(&payload->w);
    }
    log_token_write(LOG_TOKEN_EVENT, event->stream_id,
                    (struct log_position){event->at_ms, event->id}, id);
    write_event(&payload->w, id, event->at_ms, event->message);
}

void log_payload_check(struct log_payload *payload, struct slice message, int64_t now_ms)
{
    struct slice none = slice_make(NULL, 0);
    payload->events = 1;
    write_head(&payload->w, "CONTROL_MESSAGE", SLICE("CloudwatchLogs"), none, none);
    begin_events(&payload->w);
    write_event(&payload->w, "", now_ms, message);
}

enum status log_payload_finish(struct log_payload *payload, struct text *out)
{
    struct text zipped;
    json_end_array(&payload->w);
    json_end_object(&payload->w);
    if (payload->document.status != STATUS_OK)
        return payload->document.status;
    text_init(&zipped, DOCUMENT_MAX_BYTES * 2);
    enum status status = gzip_append(text_slice(&payload->document), &zipped);
    if (status == STATUS_OK)
        base64_append(out, text_slice(&zipped));
    text_close(&zipped);
    return status == STATUS_OK ? out->status : status;
}

void log_payload_close(struct log_payload *payload)
{
    text_close(&payload->document);
}
