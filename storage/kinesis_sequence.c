#include "storage/kinesis_sequence.h"

#include <assert.h>
#include <stdio.h>

enum { CREATED_DIGITS = 15, PLACE_DIGITS = 27, SHARD_DIGITS = 12, LEAD_CHARS = 2 };

#define CREATED_MAX INT64_C(999999999999999)
#define SHARD_MAX INT64_C(999999999999)

static const struct slice shard_prefix = SLICE_INIT("shardId-");

void kinesis_sequence_write(const struct kinesis_sequence *sequence, char *text)
{
    assert(sequence->created_ms >= 0 && sequence->created_ms <= CREATED_MAX);
    assert(sequence->place >= 0 && sequence->shard >= 0 && sequence->shard <= SHARD_MAX);
    char digits[KINESIS_SEQUENCE_CHARS + 40]; /* as the compiler sees it, any number may come */
    (void)snprintf(digits, sizeof(digits), "49%0*lld%0*lld%0*lld", CREATED_DIGITS,
                   (long long)sequence->created_ms, PLACE_DIGITS, (long long)sequence->place,
                   SHARD_DIGITS, (long long)sequence->shard);
    (void)snprintf(text, KINESIS_SEQUENCE_CHARS + 1, "%.*s", KINESIS_SEQUENCE_CHARS, digits);
}

static enum status take_number(struct slice *rest, size_t digits, int64_t *ret_value)
{
    uint64_t value = 0;
    enum status status = slice_to_u64(slice_first(*rest, digits), &value);
    *rest = slice_from(*rest, digits);
    if (status != STATUS_OK || value > INT64_MAX)
        return STATUS_INVALID;
    *ret_value = (int64_t)value;
    return STATUS_OK;
}

enum status kinesis_sequence_read(struct slice text, struct kinesis_sequence *ret_sequence)
{
    struct kinesis_sequence sequence = {0};
    struct slice rest = slice_from(text, LEAD_CHARS);
    if (text.len != KINESIS_SEQUENCE_CHARS || !slice_starts_with(text, SLICE("49")) ||
        take_number(&rest, CREATED_DIGITS, &sequence.created_ms) != STATUS_OK ||
        take_number(&rest, PLACE_DIGITS, &sequence.place) != STATUS_OK ||
        take_number(&rest, SHARD_DIGITS, &sequence.shard) != STATUS_OK)
        return STATUS_INVALID;
    *ret_sequence = sequence;
    return STATUS_OK;
}

void kinesis_shard_id_write(int64_t number, char *text)
{
    assert(number >= 0 && number <= SHARD_MAX);
    char id[KINESIS_SHARD_ID_CHARS + 12];
    (void)snprintf(id, sizeof(id), "shardId-%0*lld", SHARD_DIGITS, (long long)number);
    (void)snprintf(text, KINESIS_SHARD_ID_CHARS + 1, "%.*s", KINESIS_SHARD_ID_CHARS, id);
}

enum status kinesis_shard_id_read(struct slice text, int64_t *ret_number)
{
    struct slice digits = slice_from(text, shard_prefix.len);
    if (text.len != KINESIS_SHARD_ID_CHARS || !slice_starts_with(text, shard_prefix))
        return STATUS_INVALID;
    return take_number(&digits, SHARD_DIGITS, ret_number);
}
