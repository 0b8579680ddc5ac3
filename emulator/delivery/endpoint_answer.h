/*
 * endpoint_answer.h -- what an HTTP endpoint's answer means, in the words of the protocol of
 * Firehose's HTTP endpoint delivery, version 1.0.
 */
#ifndef EMULATOR_DELIVERY_ENDPOINT_ANSWER_H
#define EMULATOR_DELIVERY_ENDPOINT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct http_exchange;
struct text;

struct endpoint_error {
    struct slice code;
    struct slice message; /* of a destination exception: what stands before the answer */
    bool shows_answer;    /* status and answer are part of the message */
};

struct endpoint_verdict {
    const struct endpoint_error *error; /* NULL: the records are delivered */
    bool is_permanent;                  /* no retry: 413 */
};

/* Of a request with that id. Any thread. */
struct endpoint_verdict endpoint_answer_judge(const struct http_exchange *exchange,
                                              struct slice request_id);

/* Append the whole message. A long answer is cut, bytes that are no UTF-8 replaced. */
void endpoint_answer_message(struct text *out, const struct endpoint_error *error,
                             const struct http_exchange *exchange);

/*
 * How long after the failed attempt number `attempts` (1, 2, ...) the next one comes: a second,
 * doubled up to two minutes. `spread` is 0 to 300 and makes it 15 % shorter to 15 % longer; never
 * longer than two minutes.
 */
int64_t endpoint_answer_back_off_ms(unsigned attempts, unsigned spread);

#endif
