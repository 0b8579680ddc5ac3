/*
 * query_wire.h -- what a daemon and the process of a query say to each other over their socket.
 *
 *     daemon                                        process (query_helper.h)
 *     the program            -- message -->         compiles it
 *     verdict                <-- message --
 *     a record, a record ... -- messages -->        runs it
 *     answer, answer ...     <-- messages --
 *
 * A message is its length in 8 bytes, then as many bytes; in the machine's order, since both are
 * one program. Besides, in memory that outlives the process, stands which record it has at hand.
 *
 * The process runs somebody else's query on somebody else's records in a library that may be led
 * astray: the daemon believes no length, no count and no number. Pure.
 */
#ifndef EMULATOR_DELIVERY_QUERY_WIRE_H
#define EMULATOR_DELIVERY_QUERY_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/delivery/metadata_query.h"

/* The memory both see. */
struct query_page {
    _Atomic uint64_t at_hand; /* the number of the record, counted from 1 in a process's life; 0 */
};

#define QUERY_MESSAGE_HEAD_BYTES sizeof(int64_t)
#define QUERY_VERDICT_MAX_BYTES ((size_t)32 * 1024)
#define QUERY_ANSWER_MAX_BYTES ((size_t)128 * 1024)

/*
 * The next message in `rest`, cut off. STATUS_END: it is not all there yet. STATUS_INVALID: it
 * would be longer than `most`.
 */
NODISCARD enum status query_wire_take(struct slice *rest, size_t most, struct slice *ret_message);

/* Write a message, head and all, to where there is room for the largest of its kind. Its bytes. */
size_t query_wire_write_verdict(char *to, enum status status, struct slice problem);
size_t query_wire_write_answer(char *to, const struct metadata_answer *answer);

/* STATUS_INVALID: nothing that is written here. `problem` lies in the message. */
NODISCARD enum status query_wire_read_verdict(struct slice message, enum status *ret_status,
                                              struct slice *ret_problem);

/* STATUS_INVALID likewise. STATUS_NO_MEMORY. The keys are in the arena. */
NODISCARD enum status query_wire_read_answer(struct slice message, struct arena *arena,
                                             struct metadata_answer *ret_answer);

#endif
