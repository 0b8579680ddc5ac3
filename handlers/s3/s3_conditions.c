#include "handlers/s3/s3_conditions.h"

#include <string.h>

#include "handlers/s3/s3_call.h"
#include "storage/object_store.h"

#define SECOND_MS 1000

/* ---- dates ---- */

static bool parse_number(struct slice text, size_t at, size_t digits, int64_t *ret_number)
{
    uint64_t number = 0;
    if (at + digits > text.len ||
        slice_to_u64(slice_make(text.ptr + at, digits), &number) != STATUS_OK)
        return false;
    *ret_number = (int64_t)number;
    return true;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's algorithm). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2 ? 1 : 0;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool parse_month(struct slice text, size_t at, int64_t *ret_month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int64_t i = 0; i < 12 && at + 3 <= text.len; i++) {
        if (memcmp(text.ptr + at, names + 3 * i, 3) == 0) {
            *ret_month = i + 1;
            return true;
        }
    }
    return false;
}

static bool parse_time(struct slice text, size_t at, int64_t days, int64_t *ret_ms)
{
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!parse_number(text, at, 2, &hour) || !parse_number(text, at + 3, 2, &minute) ||
        !parse_number(text, at + 6, 2, &second) || hour > 23 || minute > 59 || second > 60)
        return false;
    *ret_ms = (((days * 24 + hour) * 60 + minute) * 60 + second) * SECOND_MS;
    return true;
}

bool s3_date_parse(struct slice text, int64_t *ret_ms)
{
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    text = slice_trim(text);
    /* "Mon, 23 Nov 2026 08:20:07 GMT" */
    if (text.len == 29 && text.ptr[3] == ',' && parse_number(text, 5, 2, &day) &&
        parse_month(text, 8, &month) && parse_number(text, 12, 4, &year))
        return parse_time(text, 17, days_of(year, month, day), ret_ms);
    /* "2026-11-23T08:20:07Z" */
    if (text.len >= 19 && text.ptr[4] == '-' && parse_number(text, 0, 4, &year) &&
        parse_number(text, 5, 2, &month) && parse_number(text, 8, 2, &day) && month >= 1 &&
        month <= 12)
        return parse_time(text, 11, days_of(year, month, day), ret_ms);
    return false;
}

/* ---- evaluating ---- */

/* A list of ETags, quoted or not, weak or not, or "*". */
static bool names_etag(struct slice list, struct slice etag)
{
    while (list.ptr != NULL) {
        struct slice one = slice_trim(slice_cut(&list, ','));
        if (slice_starts_with(one, SLICE("W/")))
            one = slice_from(one, 2);
        if (slice_equal(one, SLICE("*")) || slice_equal(s3_unquoted(one), etag))
            return true;
    }
    return false;
}

/* S3 compares whole seconds. */
static int64_t modified_at(const struct object *object)
{
    return object->modified_ms / SECOND_MS * SECOND_MS;
}

struct condition_headers {
    struct slice match;
    struct slice none_match;
    bool has_modified_since;
    bool has_unmodified_since;
    int64_t modified_since;
    int64_t unmodified_since;
};

static struct condition_headers read_headers(struct call *call, bool of_source)
{
    const struct http_request *request = &call->request;
    struct condition_headers h = {0};
    h.match = request_header(request, of_source ? "x-amz-copy-source-if-match" : "If-Match");
    h.none_match =
        request_header(request, of_source ? "x-amz-copy-source-if-none-match" : "If-None-Match");
    struct slice since = request_header(request, of_source ? "x-amz-copy-source-if-modified-since"
                                                           : "If-Modified-Since");
    h.has_modified_since = s3_date_parse(since, &h.modified_since);
    since = request_header(request, of_source ? "x-amz-copy-source-if-unmodified-since"
                                              : "If-Unmodified-Since");
    h.has_unmodified_since = s3_date_parse(since, &h.unmodified_since);
    return h;
}

/* The name of the failed condition, or NULL. */
static const char *failed_precondition(const struct condition_headers *h,
                                       const struct object *object)
{
    if (h->match.ptr != NULL)
        return names_etag(h->match, object->etag) ? NULL : "If-Match";
    if (h->has_unmodified_since && modified_at(object) > h->unmodified_since)
        return "If-Unmodified-Since";
    return NULL;
}

/* A date in the future says nothing. */
static const char *found_unchanged(struct call *call, const struct condition_headers *h,
                                   const struct object *object)
{
    if (h->none_match.ptr != NULL)
        return names_etag(h->none_match, object->etag) ? "If-None-Match" : NULL;
    if (h->has_modified_since && h->modified_since <= s3_now_ms(call) &&
        modified_at(object) <= h->modified_since)
        return "If-Modified-Since";
    return NULL;
}

static bool refuse_condition(struct call *call, const char *prefix, const char *condition)
{
    s3_detail(call, "Condition", slice_of(arena_printf(&call->arena, "%s%s", prefix, condition)));
    return s3_refuse(call, S3_PRECONDITION_FAILED, NULL);
}

enum s3_read_result s3_conditions_for_read(struct call *call, const struct object *object)
{
    struct condition_headers h = read_headers(call, false);
    const char *failed = failed_precondition(&h, object);
    if (failed != NULL) {
        (void)refuse_condition(call, "", failed);
        return S3_READ_REFUSED;
    }
    return found_unchanged(call, &h, object) != NULL ? S3_READ_NOT_MODIFIED : S3_READ_GO_ON;
}

bool s3_conditions_for_source(struct call *call, const struct object *source)
{
    struct condition_headers h = read_headers(call, true);
    const char *failed = failed_precondition(&h, source);
    if (failed == NULL)
        failed = found_unchanged(call, &h, source);
    return failed == NULL || refuse_condition(call, "x-amz-copy-source-", failed);
}

bool s3_conditions_check_form(struct call *call)
{
    struct slice match = request_header(&call->request, "If-Match");
    struct slice none_match = request_header(&call->request, "If-None-Match");
    static const char unaccepted[] = "We don't accept the provided value of %s header for this API";
    if (match.ptr != NULL && none_match.ptr != NULL)
        return s3_refuse_header(call, SLICE("If-Match,If-None-Match"),
                                "Multiple conditional request headers present in the request");
    if (none_match.ptr != NULL && !slice_equal(none_match, SLICE("*")))
        return s3_refuse_header(call, SLICE("If-None-Match"),
                                arena_printf(&call->arena, unaccepted, "If-None-Match"));
    if (match.ptr != NULL && slice_equal(match, SLICE("*")))
        return s3_refuse_header(call, SLICE("If-Match"),
                                arena_printf(&call->arena, unaccepted, "If-Match"));
    return true;
}

bool s3_conditions_for_write(struct call *call, const struct object *existing)
{
    struct slice match = request_header(&call->request, "If-Match");
    if (request_has_header(&call->request, "If-None-Match") && existing != NULL)
        return refuse_condition(call, "", "If-None-Match");
    if (match.ptr == NULL)
        return true;
    if (existing == NULL) {
        s3_detail(call, "Key", s3_call_of(call)->key);
        return s3_refuse(call, S3_NO_SUCH_KEY, NULL);
    }
    return slice_equal(s3_unquoted(match), existing->etag) ||
           refuse_condition(call, "", "If-Match");
}

bool s3_conditions_for_delete(struct call *call, const struct object *existing)
{
    struct slice match = request_header(&call->request, "If-Match");
    if (match.ptr == NULL || existing == NULL)
        return true;
    return names_etag(match, existing->etag) || refuse_condition(call, "", "If-Match");
}
