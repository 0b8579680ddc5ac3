/*
 * delivery_quota.c -- the rates AWS allows for Direct PUT: requests, records and bytes per second,
 * more of them in the three oldest regions.
 */
#include "emulator/delivery/delivery_internal.h"

struct rates {
    uint64_t requests;
    uint64_t records;
    uint64_t bytes;
};

static const struct rates large = {2000, 500000, UINT64_C(5) * 1024 * 1024};
static const struct rates small = {1000, 100000, UINT64_C(1) * 1024 * 1024};

static const struct rates *rates_of(const struct delivery_stream *stream)
{
    static const char *const regions[] = {"us-east-1", "us-west-2", "eu-west-1"};
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        if (slice_equal_text(stream->region, regions[i]))
            return &large;
    }
    return &small;
}

/* What came in this second. */
static struct delivery_rate *rate_now(struct delivery_stream *stream)
{
    int64_t second = sim_clock_now_ms(stream->engine->deps.clock) / 1000;
    if (stream->rate.second != second)
        stream->rate = (struct delivery_rate){.second = second};
    return &stream->rate;
}

bool delivery_quota_take_request(struct delivery_stream *stream)
{
    struct delivery_rate *rate = rate_now(stream);
    if (stream->engine->deps.has_quotas && rate->requests >= rates_of(stream)->requests)
        return false;
    rate->requests++;
    return true;
}

bool delivery_quota_take_record(struct delivery_stream *stream, uint64_t bytes)
{
    struct delivery_rate *rate = rate_now(stream);
    const struct rates *rates = rates_of(stream);
    if (stream->engine->deps.has_quotas &&
        (rate->records >= rates->records || rate->bytes + bytes > rates->bytes))
        return false;
    rate->records++;
    rate->bytes += bytes;
    return true;
}
