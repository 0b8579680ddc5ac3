/*
 * isolated_process.h -- the daemon's side of a helper (emulator/isolation/isolated_helper.h): the
 * process kind (process_kind.h) that runs C transforms.
 *
 *     create: mailbox, bell, child ── IN, MAILBOX_RUN ──┐
 *     LOADING ──MAILBOX_BEGUN──> WORKING ──MAILBOX_ANSWERED──> WAITING ──the next run──> WORKING
 *                                  │ ^
 *                      MAILBOX_PUT v │ the rows' COMMIT
 *                                PUTTING
 *
 * Whatever a helper says out of turn, or writes what no helper of ours writes, ends it: SIGKILL,
 * and its run fails as one whose process exited. The daemon waits for none of it.
 */
#ifndef EMULATOR_LAMBDA_ISOLATED_PROCESS_H
#define EMULATOR_LAMBDA_ISOLATED_PROCESS_H

#include "emulator/base/status.h"

struct lambda_engine;

/*
 * Could this shared object be loaded? Asks a process of its own, since constructors run; in ours
 * when the engine has no launcher. Blocking. STATUS_INVALID: `reason` (PLUGIN_REASON_BYTES), in
 * which it is called `shown`, says why not.
 */
NODISCARD enum status isolated_process_probe(const struct lambda_engine *engine, const char *path,
                                             const char *shown, char *reason);

#endif
