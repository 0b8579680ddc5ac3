/*
 * delivery_post.h -- one request to a stream's HTTP endpoint, with its retries. For
 * emulator/delivery/ only; delivery_object.c's counterpart for the DELIVER stage of such streams.
 *
 *     state     entered by                              left by
 *     --------  --------------------------------------  --------------------------------------
 *     SENDING   start, the timer, delivery_post_hurry() the answer, or that there is none
 *     WAITING   refused, and time is left for a retry   the timer, hurry, delivery_post_drop()
 *     GIVING UP 413, or no time is left                 error lines are made (worker)
 *
 * The records leave the buffer in the unit that counts them as delivered, or in the one that puts
 * their lines among those for http-endpoint-failed. After a crash in between they are sent again,
 * under another request id. WAITING holds the claim, not the clock and no records.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_POST_H
#define EMULATOR_DELIVERY_DELIVERY_POST_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct delivery_buffer;
struct delivery_engine;
struct delivery_stream;

/* Each has a worker for as long as the endpoint takes to answer. */
enum { DELIVERY_MAX_POSTS = 4 };

/* Claim what is due and send it. STATUS_END: nothing waits. */
NODISCARD enum status delivery_post_start(struct delivery_buffer *buffer);

/* Send now what waits for a retry. */
void delivery_post_hurry(struct delivery_stream *stream);

/* Forget what waits for a retry: its records wait again. */
void delivery_post_drop(struct delivery_stream *stream);

/* When a retry comes; 0: none is waited for. */
int64_t delivery_post_retry_ms(const struct delivery_stream *stream);

/* Another request may be begun. */
bool delivery_post_has_room(struct delivery_engine *engine);

#endif
