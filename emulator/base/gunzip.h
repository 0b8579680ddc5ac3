/*
 * gunzip.h -- reading gzip, or zlib's format (HTTP's deflate), in one go, such as a request body
 * with Content-Encoding: gzip.
 */
#ifndef EMULATOR_BASE_GUNZIP_H
#define EMULATOR_BASE_GUNZIP_H

#include "emulator/base/slice.h"

struct text;

/*
 * Append what `zipped` holds, one member or several in a row. STATUS_INVALID when it is not gzip
 * to its last byte, STATUS_TOO_LARGE beyond the text's maximum; `out` then holds a part of it.
 */
NODISCARD enum status gunzip_append(struct slice zipped, struct text *out);

#endif
