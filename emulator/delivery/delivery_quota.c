/*
 * delivery_quota.c -- the rates AWS allows: for Direct PUT requests, records and bytes per second,
 * more of them in the three oldest regions; for every control operation a few calls per second.
 */
#include <stdio.h>
#include <string.h>

#include "emulator/delivery/delivery_internal.h"

#define CALLS_PER_SECOND 5

static const struct delivery_rates large = {2000, 500000, UINT64_C(5) * 1024 * 1024};
static const struct delivery_rates small = {1000, 100000, UINT64_C(1) * 1024 * 1024};

const struct delivery_rates *delivery_quota_rates(const struct delivery_stream *stream)
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
    if (stream->engine->deps.has_quotas && rate->requests >= delivery_quota_rates(stream)->requests)
        return false;
    rate->requests++;
    return true;
}

bool delivery_quota_take_record(struct delivery_stream *stream, uint64_t bytes)
{
    struct delivery_rate *rate = rate_now(stream);
    const struct delivery_rates *rates = delivery_quota_rates(stream);
    if (stream->engine->deps.has_quotas &&
        (rate->records >= rates->records || rate->bytes + bytes > rates->bytes))
        return false;
    rate->records++;
    rate->bytes += bytes;
    return true;
}

/* NULL when there is no place for one more. */
static struct delivery_call_rate *find_rate(struct delivery_call_rates *rates, const char *key)
{
    for (size_t i = 0; i < rates->count; i++)
        if (strcmp(rates->rates[i].key, key) == 0)
            return &rates->rates[i];
    if (rates->count == DELIVERY_CALL_RATES)
        return NULL;
    struct delivery_call_rate *rate = &rates->rates[rates->count++];
    (void)snprintf(rate->key, sizeof(rate->key), "%s", key);
    rate->count = 0;
    return rate;
}

bool delivery_quota_take_call(struct delivery_engine *engine, struct slice account,
                              struct slice region, const char *operation)
{
    struct delivery_call_rates *rates = &engine->calls;
    int64_t second = sim_clock_now_ms(engine->deps.clock) / 1000;
    char key[sizeof(rates->rates[0].key)];
    if (!engine->deps.has_quotas)
        return true;
    if (rates->second != second) {
        rates->second = second;
        rates->count = 0;
    }
    (void)snprintf(key, sizeof(key), "%.*s/%.*s/%s", SLICE_ARG(account), SLICE_ARG(region),
                   operation);
    struct delivery_call_rate *rate = find_rate(rates, key);
    return rate == NULL || ++rate->count <= CALLS_PER_SECOND;
}
