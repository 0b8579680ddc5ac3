/*
 * isolated_log.h -- a function's log on its way out of a helper (area LOG): entries one behind the
 * other. What was written is there for the daemon whatever becomes of the helper.
 */
#ifndef EMULATOR_ISOLATION_ISOLATED_LOG_H
#define EMULATOR_ISOLATION_ISOLATED_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct arena;
struct mailbox;

/* What is longer is cut, and the invocation's log with it: it takes less in all. */
#define ISOLATED_LOG_ENTRY_BYTES ((size_t)1024 * 1024 + 64 * 1024)

struct isolated_log_entry {
    bool is_start; /* the invocation begins: Lambda's START, no text */
    int64_t at_ms;
    struct slice text;
};

/* Put one behind the `*used` bytes. STATUS_TOO_LARGE: there is no room left for it. Helper. */
NODISCARD enum status isolated_log_write(const struct mailbox *mailbox,
                                         const struct isolated_log_entry *entry, size_t *used);

/*
 * Give `take` every entry behind the first `*taken` bytes, and count them; the texts are in the
 * arena. What makes no sense ends it: STATUS_INVALID. Daemon.
 */
NODISCARD enum status
isolated_log_read(const struct mailbox *mailbox, struct arena *arena, size_t *taken, void *ctx,
                  void (*take)(void *ctx, const struct isolated_log_entry *entry));

#endif
