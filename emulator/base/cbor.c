#include "emulator/base/cbor.h"

#include <math.h>
#include <string.h>

#include "emulator/base/base64.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"

enum {
    MAJOR_UNSIGNED,
    MAJOR_NEGATIVE,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_TAG,
    MAJOR_SIMPLE
};

enum {
    INFO_ONE_BYTE = 24,
    INFO_EIGHT_BYTES = 27,
    INFO_INDEFINITE = 31,
    SIMPLE_FALSE = 20,
    SIMPLE_TRUE = 21,
    SIMPLE_NULL = 22,
    SIMPLE_UNDEFINED = 23,
    SIMPLE_HALF = 25,
    SIMPLE_FLOAT = 26,
    SIMPLE_DOUBLE = 27,
    TAG_EPOCH = 1
};

struct reader {
    struct slice rest;
    struct json_writer json;
    unsigned depth;
};

/* The first byte of an item, and the number behind it. */
struct head {
    unsigned major;
    unsigned info;
    uint64_t number;
};

static enum status read_value(struct reader *r);

/* ---- in: heads and strings ---- */

static enum status read_head(struct reader *r, struct head *ret_head)
{
    if (r->rest.len == 0)
        return STATUS_INVALID;
    uint8_t first = (uint8_t)r->rest.ptr[0];
    struct head head = {.major = first >> 5, .info = first & 31u, .number = first & 31u};
    r->rest = slice_from(r->rest, 1);
    if (head.info > INFO_EIGHT_BYTES && head.info < INFO_INDEFINITE)
        return STATUS_INVALID;
    if (head.info >= INFO_ONE_BYTE && head.info <= INFO_EIGHT_BYTES) {
        size_t bytes = (size_t)1 << (head.info - INFO_ONE_BYTE);
        if (r->rest.len < bytes)
            return STATUS_INVALID;
        head.number = 0;
        for (size_t i = 0; i < bytes; i++)
            head.number = head.number << 8 | (uint8_t)r->rest.ptr[i];
        r->rest = slice_from(r->rest, bytes);
    }
    *ret_head = head;
    return STATUS_OK;
}

static bool take_break(struct reader *r)
{
    if (r->rest.len == 0 || (uint8_t)r->rest.ptr[0] != 0xff)
        return false;
    r->rest = slice_from(r->rest, 1);
    return true;
}

static enum status read_chunk(struct reader *r, const struct head *head, struct text *to)
{
    if (head->info == INFO_INDEFINITE || head->number > r->rest.len)
        return STATUS_INVALID;
    text_append(to, slice_first(r->rest, (size_t)head->number));
    r->rest = slice_from(r->rest, (size_t)head->number);
    return to->status;
}

/* The string behind its head; one of indefinite length is a row of definite ones. */
static enum status read_bytes(struct reader *r, const struct head *head, struct text *to)
{
    if (head->info != INFO_INDEFINITE)
        return read_chunk(r, head, to);
    while (!take_break(r)) {
        struct head chunk;
        enum status status = read_head(r, &chunk);
        if (status == STATUS_OK && chunk.major != head->major)
            status = STATUS_INVALID;
        if (status == STATUS_OK)
            status = read_chunk(r, &chunk, to);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static void write_blob(struct json_writer *json, struct slice bytes)
{
    struct text encoded;
    text_init(&encoded, json->out->max_bytes);
    base64_append(&encoded, bytes);
    if (encoded.status == STATUS_OK)
        json_write_string(json, text_slice(&encoded));
    else
        json->out->status = encoded.status;
    text_close(&encoded);
}

static enum status read_string(struct reader *r, const struct head *head, bool is_key)
{
    struct text bytes;
    text_init(&bytes, r->json.out->max_bytes);
    enum status status = read_bytes(r, head, &bytes);
    if (status == STATUS_OK && is_key)
        json_key_slice(&r->json, text_slice(&bytes));
    else if (status == STATUS_OK && head->major == MAJOR_TEXT)
        json_write_string(&r->json, text_slice(&bytes));
    else if (status == STATUS_OK)
        write_blob(&r->json, text_slice(&bytes));
    text_close(&bytes);
    return status;
}

/* ---- in: containers and numbers ---- */

static enum status read_key(struct reader *r)
{
    struct head head;
    enum status status = read_head(r, &head);
    if (status == STATUS_OK && head.major != MAJOR_TEXT)
        status = STATUS_INVALID;
    return status == STATUS_OK ? read_string(r, &head, true) : status;
}

static enum status read_items(struct reader *r, const struct head *head)
{
    bool is_open = head->info == INFO_INDEFINITE;
    for (uint64_t i = 0; is_open ? !take_break(r) : i < head->number; i++) {
        enum status status = head->major == MAJOR_MAP ? read_key(r) : STATUS_OK;
        if (status == STATUS_OK)
            status = read_value(r);
        if (status == STATUS_OK)
            status = r->json.out->status;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status read_container(struct reader *r, const struct head *head)
{
    if (r->depth == CBOR_DEPTH_MAX)
        return STATUS_INVALID;
    r->depth++;
    if (head->major == MAJOR_MAP)
        json_begin_object(&r->json);
    else
        json_begin_array(&r->json);
    enum status status = read_items(r, head);
    if (head->major == MAJOR_MAP)
        json_end_object(&r->json);
    else
        json_end_array(&r->json);
    r->depth--;
    return status;
}

static double half_to_double(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31u);
    double fraction = (double)(bits & 1023u);
    double value = INFINITY;
    if (exponent == 0)
        value = ldexp(fraction, -24);
    else if (exponent < 31)
        value = ldexp(fraction + 1024.0, exponent - 25);
    else if (fraction > 0)
        value = NAN;
    return (bits & 0x8000u) != 0 ? -value : value;
}

static double to_double(const struct head *head)
{
    double value = 0;
    float single = 0;
    uint32_t bits = (uint32_t)head->number;
    if (head->info == SIMPLE_HALF)
        return half_to_double(head->number);
    if (head->info == SIMPLE_DOUBLE) {
        memcpy(&value, &head->number, sizeof(value));
        return value;
    }
    memcpy(&single, &bits, sizeof(single));
    return (double)single;
}

static enum status read_simple(struct reader *r, const struct head *head)
{
    switch (head->info) {
    case SIMPLE_FALSE:
    case SIMPLE_TRUE:
        json_write_bool(&r->json, head->info == SIMPLE_TRUE);
        return STATUS_OK;
    case SIMPLE_NULL:
    case SIMPLE_UNDEFINED:
        json_write_null(&r->json);
        return STATUS_OK;
    case SIMPLE_HALF:
    case SIMPLE_FLOAT:
    case SIMPLE_DOUBLE:
        json_write_double(&r->json, to_double(head));
        return STATUS_OK;
    default:
        return STATUS_INVALID;
    }
}

/* -1 - number, which may lie below what an int64_t holds. */
static void write_negative(struct json_writer *json, uint64_t number)
{
    if (number <= INT64_MAX)
        json_write_integer(json, -1 - (int64_t)number);
    else
        json_write_double(json, -1.0 - (double)number);
}

static void write_unsigned(struct json_writer *json, uint64_t number)
{
    if (number <= INT64_MAX)
        json_write_integer(json, (int64_t)number);
    else
        json_write_double(json, (double)number);
}

static enum status read_time(struct reader *r, const struct head *tag)
{
    struct head head;
    if (tag->info == INFO_INDEFINITE || tag->number != TAG_EPOCH)
        return STATUS_INVALID;
    enum status status = read_head(r, &head);
    if (status != STATUS_OK || head.info == INFO_INDEFINITE)
        return STATUS_INVALID;
    if (head.major == MAJOR_UNSIGNED)
        write_unsigned(&r->json, head.number);
    else if (head.major == MAJOR_NEGATIVE)
        write_negative(&r->json, head.number);
    else if (head.major == MAJOR_SIMPLE && head.info >= SIMPLE_HALF)
        json_write_double(&r->json, to_double(&head));
    else
        return STATUS_INVALID;
    return STATUS_OK;
}

static enum status read_value(struct reader *r)
{
    struct head head;
    enum status status = read_head(r, &head);
    if (status != STATUS_OK)
        return status;
    switch (head.major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return read_string(r, &head, false);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
        return read_container(r, &head);
    case MAJOR_TAG:
        return read_time(r, &head);
    case MAJOR_SIMPLE:
        return read_simple(r, &head);
    default:
        break;
    }
    if (head.info == INFO_INDEFINITE)
        return STATUS_INVALID;
    if (head.major == MAJOR_UNSIGNED)
        write_unsigned(&r->json, head.number);
    else
        write_negative(&r->json, head.number);
    return STATUS_OK;
}

enum status cbor_to_json(struct slice document, struct text *json)
{
    struct reader r = {.rest = document, .json = json_writer_make(json)};
    enum status status = read_value(&r);
    if (status == STATUS_OK && r.rest.len > 0)
        status = STATUS_INVALID;
    return status == STATUS_OK ? json->status : status;
}

/* ---- out ---- */

static void put_bytes(struct text *out, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--)
        text_append_byte(out, (char)(number >> (8 * (i - 1))));
}

static void put_head(struct text *out, unsigned major, uint64_t number)
{
    unsigned size = number < INFO_ONE_BYTE ? 0
                    : number <= UINT8_MAX  ? 1
                    : number <= UINT16_MAX ? 2
                    : number <= UINT32_MAX ? 3
                                           : 4;
    unsigned info = size == 0 ? (unsigned)number : INFO_ONE_BYTE + size - 1;
    text_append_byte(out, (char)(major << 5 | info));
    if (size > 0)
        put_bytes(out, number, (size_t)1 << (size - 1));
}

void cbor_put_map(struct text *out, size_t count)
{
    put_head(out, MAJOR_MAP, count);
}

void cbor_put_array(struct text *out, size_t count)
{
    put_head(out, MAJOR_ARRAY, count);
}

void cbor_put_text(struct text *out, struct slice value)
{
    put_head(out, MAJOR_TEXT, value.len);
    text_append(out, value);
}

void cbor_put_integer(struct text *out, int64_t value)
{
    if (value >= 0)
        put_head(out, MAJOR_UNSIGNED, (uint64_t)value);
    else
        put_head(out, MAJOR_NEGATIVE, (uint64_t)(-1 - value));
}

void cbor_put_double(struct text *out, double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    text_append_byte(out, (char)(MAJOR_SIMPLE << 5 | SIMPLE_DOUBLE));
    put_bytes(out, bits, sizeof(bits));
}

void cbor_put_time(struct text *out, double epoch_s)
{
    put_head(out, MAJOR_TAG, TAG_EPOCH);
    cbor_put_double(out, epoch_s);
}

void cbor_put_bool(struct text *out, bool value)
{
    put_head(out, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_put_null(struct text *out)
{
    put_head(out, MAJOR_SIMPLE, SIMPLE_NULL);
}
