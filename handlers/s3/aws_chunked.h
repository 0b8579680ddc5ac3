/*
 * aws_chunked.h -- taking the "aws-chunked" framing off a body, piece by piece.
 *
 *     hex[;chunk-signature=...] CRLF  data CRLF  ...  0[;...] CRLF  [name:value CRLF] ...  CRLF
 *
 *     SIZE --n > 0--> DATA --n bytes--> DATA_END --CRLF--> SIZE
 *       '--n = 0--> TRAILER --"name:value"--> TRAILER --empty line--> END
 *     anything else --> FAILED
 *
 * Pure: no input or output, memory fixed. Chunk signatures are not checked; sizes are.
 */
#ifndef HANDLERS_S3_AWS_CHUNKED_H
#define HANDLERS_S3_AWS_CHUNKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

#define AWS_CHUNKED_LINE_MAX_BYTES 1024U
#define AWS_CHUNKED_MIN_BYTES 8192U

enum aws_chunked_state {
    AWS_CHUNKED_SIZE,
    AWS_CHUNKED_DATA,
    AWS_CHUNKED_DATA_END,
    AWS_CHUNKED_TRAILER,
    AWS_CHUNKED_END,
    AWS_CHUNKED_FAILED
};

enum aws_chunked_problem {
    AWS_CHUNKED_NO_PROBLEM,
    AWS_CHUNKED_MALFORMED,   /* framing that makes no sense */
    AWS_CHUNKED_SMALL_CHUNK, /* a chunk that is not the last has less than 8 KiB */
    AWS_CHUNKED_BAD_TRAILER
};

struct aws_chunked {
    enum aws_chunked_state state;
    enum aws_chunked_problem problem;
    uint64_t left;          /* of the chunk's data */
    bool has_small_chunk;   /* the last chunk was one that only the last may be */
    uint64_t decoded_bytes; /* data seen */
    size_t line_len;
    char line[AWS_CHUNKED_LINE_MAX_BYTES];
    /* The last trailer that is no signature, NUL-terminated; empty names are none. */
    char trailer_name[64];
    char trailer_value[128];
};

void aws_chunked_init(struct aws_chunked *c);

/*
 * Take bytes from the start of `in`: as many as give no more than `room` bytes of data, in one
 * run, which *ret_data borrows from `in`. Returns how many were taken; call it again with the rest.
 * 0 only when `in` is empty or data comes next and there is no room. END and FAILED take everything
 * (bytes behind the end make it FAILED).
 */
size_t aws_chunked_take(struct aws_chunked *c, struct slice in, size_t room,
                        struct slice *ret_data);

/* The end of the body was seen and everything was well. */
bool aws_chunked_is_complete(const struct aws_chunked *c);

#endif
