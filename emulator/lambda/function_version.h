/*
 * function_version.h -- what a qualifier means: $LATEST, a version, or an alias of one.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_VERSION_H
#define EMULATOR_LAMBDA_FUNCTION_VERSION_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct arena;
struct function_row;
struct lambda_engine;

struct function_target {
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice qualifier; /* empty: $LATEST */
};

/* Which of an alias' two versions. */
enum function_version_choice {
    FUNCTION_VERSION_MAIN,   /* the one it names */
    FUNCTION_VERSION_WEIGHED /* by its weights, by the sandbox's chance: for an invocation */
};

/* Is this the name of a version, not of an alias? */
bool function_version_is_number(struct slice qualifier);

/* The configuration of what is meant, in the arena. STATUS_NOT_FOUND. */
NODISCARD enum status function_version_find(struct lambda_engine *engine,
                                            const struct function_target *target,
                                            enum function_version_choice choice,
                                            struct arena *arena, struct function_row *ret_row);

/* "$LATEST" or the number, into a buffer. */
#define FUNCTION_VERSION_TEXT_BYTES 24
void function_version_text(const struct function_row *row, char *text);

#endif
