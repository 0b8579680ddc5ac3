/*
 * function_isolation.h -- whether a C transform runs in the daemon's process or in a helper of its
 * own: the function's variable HYDRANT_ISOLATION says so; else its tag hydrant:isolation; else the
 * daemon's setting. The words are those of `hydrant serve --isolation`.
 *
 * Pure.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_ISOLATION_H
#define EMULATOR_LAMBDA_FUNCTION_ISOLATION_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct arena;

#define FUNCTION_ISOLATION_VARIABLE "HYDRANT_ISOLATION"
#define FUNCTION_ISOLATION_TAG "hydrant:isolation"
#define FUNCTION_ISOLATION_WORDS "none or worker"

/* Is it one of the words? */
bool function_isolation_is_word(struct slice word);

/*
 * `environment` and `tags` are JSON objects of strings, or empty; a word in them that is none
 * counts as none (handlers/lambda lets none in).
 */
NODISCARD enum status function_isolation_find(struct slice environment, struct slice tags,
                                              bool otherwise, struct arena *arena,
                                              bool *ret_is_isolated);

#endif
