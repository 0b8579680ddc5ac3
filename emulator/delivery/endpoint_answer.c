#include "emulator/delivery/endpoint_answer.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/utf8.h"
#include "emulator/delivery/http_client.h"

#define JSON_ARENA_MAX_BYTES ((size_t)16 * 1024 * 1024)

enum { SHOWN_BYTES = 1024, FIRST_BACK_OFF_MS = 1000, LAST_BACK_OFF_MS = 120000 };

/* code, message, shows the answer */
#define ERROR_LIST(X)                                                                              \
    X(refused, "HttpEndpoint.DestinationException",                                                \
      "The following response was received from the endpoint destination. ", true)                 \
    X(invalid, "HttpEndpoint.InvalidResponseFromDestination",                                      \
      "The response received from the specified endpoint is invalid. Contact the owner of the"     \
      " endpoint to resolve the issue.",                                                           \
      false)                                                                                       \
    X(too_large, "HttpEndpoint.ResponseTooLarge",                                                  \
      "The response received from the endpoint is too large. Contact the owner of the endpoint to" \
      " resolve this issue.",                                                                      \
      false)                                                                                       \
    X(timed_out, "HttpEndpoint.RequestTimeout",                                                    \
      "The delivery timed out before a response was received and will be retried.", false)         \
    X(not_connected, "HttpEndpoint.ConnectionFailed",                                              \
      "Unable to connect to the destination endpoint. Contact the owner of the endpoint to "       \
      "resolve"                                                                                    \
      " this issue.",                                                                              \
      false)                                                                                       \
    X(broken, "HttpEndpoint.ConnectionReset",                                                      \
      "Unable to maintain connection with the endpoint. Contact the owner of the endpoint to"      \
      " resolve this issue.",                                                                      \
      false)                                                                                       \
    X(no_handshake, "HttpEndpoint.SSLHandshakeFailure",                                            \
      "Unable to complete an SSL Handshake with the endpoint. Contact the owner of the endpoint "  \
      "to"                                                                                         \
      " resolve this issue.",                                                                      \
      false)

#define X(name, code, message, shows)                                                         \
    static const struct endpoint_error error_##name = {SLICE_INIT(code), SLICE_INIT(message), \
                                                       shows};
ERROR_LIST(X)
#undef X

static bool is_json(const char *content_type)
{
    struct slice type = slice_of(content_type);
    struct slice json = SLICE("application/json");
    if (type.len < json.len || !slice_equal_nocase(slice_first(type, json.len), json))
        return false;
    return type.len == json.len || type.ptr[json.len] == ';' || type.ptr[json.len] == ' ';
}

static bool is_acknowledgement(struct slice body, struct slice request_id)
{
    struct arena arena;
    arena_init(&arena, JSON_ARENA_MAX_BYTES);
    const struct json *root = NULL;
    bool is_valid = json_parse(body, &arena, &root) == STATUS_OK &&
                    json_kind(root) == JSON_OBJECT &&
                    slice_equal(json_member_string(root, "requestId"), request_id) &&
                    json_kind(json_member(root, "timestamp")) == JSON_NUMBER;
    arena_clear(&arena);
    return is_valid;
}

static const struct endpoint_error *error_of_outcome(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_ANSWERED:
        return NULL;
    case HTTP_NOT_CONNECTED:
        return &error_not_connected;
    case HTTP_NO_HANDSHAKE:
        return &error_no_handshake;
    case HTTP_TIMED_OUT:
        return &error_timed_out;
    case HTTP_TOO_LARGE:
        return &error_too_large;
    case HTTP_BROKEN:
        break;
    }
    return &error_broken;
}

struct endpoint_verdict endpoint_answer_judge(const struct http_exchange *exchange,
                                              struct slice request_id)
{
    struct endpoint_verdict verdict = {.error = error_of_outcome(exchange->outcome)};
    if (verdict.error != NULL)
        return verdict;
    if (exchange->status != 200) {
        verdict.error = &error_refused;
        verdict.is_permanent = exchange->status == 413;
    } else if (!is_json(exchange->content_type) || !exchange->has_length ||
               exchange->has_encoding ||
               !is_acknowledgement(text_slice(&exchange->answer), request_id)) {
        verdict.error = &error_invalid;
    }
    return verdict;
}

void endpoint_answer_message(struct text *out, const struct endpoint_error *error,
                             const struct http_exchange *exchange)
{
    text_append(out, error->message);
    if (!error->shows_answer)
        return;
    text_append_i64(out, exchange->status);
    text_append_text(out, ": ");
    utf8_append_valid(out, utf8_first(text_slice(&exchange->answer), SHOWN_BYTES));
}

int64_t endpoint_answer_back_off_ms(unsigned attempts, unsigned spread)
{
    int64_t delay_ms = FIRST_BACK_OFF_MS;
    for (unsigned i = 1; i < attempts && delay_ms < LAST_BACK_OFF_MS; i++)
        delay_ms *= 2;
    delay_ms = delay_ms < LAST_BACK_OFF_MS ? delay_ms : LAST_BACK_OFF_MS;
    delay_ms = delay_ms * (850 + (int64_t)spread) / 1000;
    return delay_ms < LAST_BACK_OFF_MS ? delay_ms : LAST_BACK_OFF_MS;
}
