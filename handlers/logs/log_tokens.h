/*
 * log_tokens.h -- event ids and page tokens: 56 digits that name a place among the events.
 *
 *     3 00000000000000012 0000001795645643084 0000000000000004711
 *     | owner             at_ms               event's id
 *     kind
 *
 * The owner is the stream (event ids, GetLogEvents) or the group (FilterLogEvents), so that a token
 * is only good for what it was made for. Lists of groups and streams continue behind a name,
 * which their tokens hold in base64.
 */
#ifndef HANDLERS_LOGS_LOG_TOKENS_H
#define HANDLERS_LOGS_LOG_TOKENS_H

#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/log_store.h"

struct arena;

#define LOG_TOKEN_CHARS 56

enum log_token_kind {
    LOG_TOKEN_EVENT = 3,    /* an event's id, a place in a stream */
    LOG_TOKEN_SEQUENCE = 4, /* PutLogEvents' sequence token, which nobody reads */
    LOG_TOKEN_FILTER = 5    /* a place in a group */
};

/* `text` takes LOG_TOKEN_CHARS + 1 bytes. Neither owner nor position may be negative. */
void log_token_write(enum log_token_kind kind, int64_t owner, struct log_position position,
                     char *text);

/* STATUS_INVALID when it is no such token of that owner. */
NODISCARD enum status log_token_read(enum log_token_kind kind, int64_t owner, struct slice text,
                                     struct log_position *ret_position);

/* GetLogEvents' tokens: "f/<digits>/s" goes on forward, "b/<digits>/s" backward. */
NODISCARD enum status log_token_read_page(int64_t stream, struct slice text, bool *ret_backward,
                                          struct log_position *ret_position);

/* Where a list goes on: behind this number (0 where there is none) and name. */
struct log_list_place {
    int64_t number;
    struct slice name;
};

/* In the arena. */
NODISCARD enum status log_list_token_write(struct arena *arena, const struct log_list_place *place,
                                           struct slice *ret_token);
NODISCARD enum status log_list_token_read(struct arena *arena, struct slice token,
                                          struct log_list_place *ret_place);

#endif
