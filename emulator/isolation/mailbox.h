/*
 * mailbox.h -- the memory a daemon and one of its helpers share: five areas of fixed size, each
 * with a count of the bytes in use.
 *
 *     area     written by   what                                        format
 *     LOG      helper       lines of the function's log, as they come   isolated_log.h
 *     CALLS    both         rows to put, then what became of them       isolated_puts.h
 *     IN       daemon       one invocation                              isolated_order.h
 *     KEPT     helper       bytes of records the transform made anew    isolated_outcome.h
 *     OUT      helper       what came of the invocation                 isolated_outcome.h
 *
 * Whose turn it is is said in words, one at a time: mailbox_bell.h.
 *
 * The helper runs somebody else's code, which may write anything anywhere at any time. So the
 * daemon reads an area only through mailbox_snapshot(), and checks the copy. The memory can be
 * neither shrunk nor grown (it is sealed): looking at it never faults. It costs what was touched of
 * it.
 */
#ifndef EMULATOR_ISOLATION_MAILBOX_H
#define EMULATOR_ISOLATION_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct arena;

enum mailbox_area { MAILBOX_LOG, MAILBOX_CALLS, MAILBOX_IN, MAILBOX_KEPT, MAILBOX_OUT };

enum { MAILBOX_AREAS = MAILBOX_OUT + 1 };

struct mailbox_head;

struct mailbox {
    int file; /* owned; a memfd */
    struct mailbox_head *head;
};

/* The daemon's. The file is not handed down by itself. */
NODISCARD enum status mailbox_create(struct mailbox *ret_mailbox);

/* The helper's: `file` is the mailbox's from now on. STATUS_INVALID: it is no mailbox. */
NODISCARD enum status mailbox_attach(int file, struct mailbox *ret_mailbox);

/* Safe on one that was never made, if zeroed. */
void mailbox_close(struct mailbox *mailbox);

/* Where an area begins, and how much goes into it. */
char *mailbox_at(const struct mailbox *mailbox, enum mailbox_area area);
size_t mailbox_room(enum mailbox_area area);

/* So many bytes are in use, all of them written before. */
void mailbox_set_bytes(const struct mailbox *mailbox, enum mailbox_area area, size_t bytes);

/* Never more than there is room. */
size_t mailbox_bytes(const struct mailbox *mailbox, enum mailbox_area area);

/* Where the words are: 0 is none. */
_Atomic uint32_t *mailbox_word_to_helper(const struct mailbox *mailbox);
_Atomic uint32_t *mailbox_word_to_daemon(const struct mailbox *mailbox);

/* A copy of an area's bytes from `start` on, in the arena; nobody can change it any more. */
NODISCARD enum status mailbox_snapshot(const struct mailbox *mailbox, enum mailbox_area area,
                                       size_t start, struct arena *arena, struct slice *ret_copy);

/* Empty every area, and give back the memory of those that had much. Nobody may be using it. */
void mailbox_empty(const struct mailbox *mailbox);

#endif
