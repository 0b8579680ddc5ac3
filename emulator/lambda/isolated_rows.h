/*
 * isolated_rows.h -- rows a helper puts into DynamoDB (area CALLS of its mailbox), carried out as
 * those of a transform in our process are: as calls of the function's role, many in one turn and
 * one COMMIT.
 *
 *     MAILBOX_PUT -> isolated_rows_start -> api_port.call() for each -> answers in CALLS -> done
 *
 * What the helper is waiting for no more is not carried out, but for the calls of this turn, as in
 * process. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_ISOLATED_ROWS_H
#define EMULATOR_LAMBDA_ISOLATED_ROWS_H

#include "emulator/base/status.h"

struct isolated_rows;
struct lambda_run;
struct mailbox;

/*
 * `done(ctx)` runs on a later turn, unless isolated_rows_forget() comes first. STATUS_INVALID: what
 * is in the mailbox is nothing a helper of ours writes.
 */
NODISCARD enum status isolated_rows_start(const struct mailbox *mailbox,
                                          const struct lambda_run *run, void *ctx,
                                          void (*done)(void *ctx), struct isolated_rows **ret_rows);

/* Nobody waits for them any more, and the mailbox goes. NULL is a no-op. */
void isolated_rows_forget(struct isolated_rows *rows);

#endif
