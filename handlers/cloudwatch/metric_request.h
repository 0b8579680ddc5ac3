/*
 * metric_request.h -- what several operations read from their input in the same way.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_REQUEST_H
#define HANDLERS_CLOUDWATCH_METRIC_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/metric_store.h"

struct call;
struct json;

/*
 * The metric that `Dimensions` of `input` and the two names tell, in the caller's account and
 * region. False: the call is answered.
 */
bool metric_request_key(struct call *call, const struct json *dimensions, struct slice namespace,
                        struct slice name, struct metric_key *ret_key);

/* Epoch milliseconds of a time in the input. */
int64_t metric_request_ms(const struct json *time);

/* StartTime, down to its minute, and EndTime. False: the call is answered, with `error`. */
struct api_error;
bool metric_request_times(struct call *call, const struct api_error *error, int64_t *ret_start_ms,
                          int64_t *ret_end_ms);

/* 1, 5, 10, 20, 30 or a multiple of 60 seconds. False: the call is answered. */
bool metric_request_period(struct call *call, const struct json *input, const char *where,
                           int64_t *ret_period_ms);

#endif
