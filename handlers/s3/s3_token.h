/*
 * s3_token.h -- continuation tokens: the last name seen, as characters every client keeps.
 */
#ifndef HANDLERS_S3_S3_TOKEN_H
#define HANDLERS_S3_S3_TOKEN_H

#include "emulator/base/slice.h"

struct arena;

NODISCARD enum status s3_token_make(struct slice name, struct arena *arena,
                                    struct slice *ret_token);

/* STATUS_INVALID for what s3_token_make() never gave. */
NODISCARD enum status s3_token_read(struct slice token, struct arena *arena,
                                    struct slice *ret_name);

#endif
