/*
 * function_keys.h -- the temporary keys a function's process makes its AWS calls with: a session of
 * the function's role, named like the function, as STS would give it to Lambda.
 *
 * All processes of a function share one session, as long as most of its life is left; then the next
 * one to start gets a new one. The keys outlive the processes, since what they have signed (a
 * presigned URL) may be used later. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_KEYS_H
#define EMULATOR_LAMBDA_FUNCTION_KEYS_H

#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct lambda_run;

#define FUNCTION_KEYS_DURATION_S (12 * 3600)

struct function_keys {
    struct slice access_key;
    struct slice secret;
    struct slice token;
    int64_t expires_ms; /* on the sandbox's clock */
};

/*
 * Those for a process that is started now, for this run; the texts are in the run's arena. Inside
 * a unit of work or outside of any. STATUS_TOO_LARGE: the sandbox keeps no more sessions.
 */
NODISCARD enum status function_keys_take(struct lambda_run *run, struct function_keys *ret_keys);

#endif
