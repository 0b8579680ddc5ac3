/*
 * s3_range.h -- the Range header as S3 takes it: one range of bytes; anything else means all.
 */
#ifndef HANDLERS_S3_S3_RANGE_H
#define HANDLERS_S3_S3_RANGE_H

#include <stdint.h>

#include "emulator/base/slice.h"

enum s3_range_kind { S3_RANGE_WHOLE, S3_RANGE_PART, S3_RANGE_UNSATISFIABLE };

struct s3_range {
    enum s3_range_kind kind;
    uint64_t first;  /* WHOLE: 0 */
    uint64_t length; /* WHOLE: all of it */
};

struct s3_range s3_range_parse(struct slice header, uint64_t size);

#endif
