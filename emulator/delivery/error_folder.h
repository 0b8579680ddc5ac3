/*
 * error_folder.h -- whether a key may be that of an error object of a stream, by its prefix.
 */
#ifndef EMULATOR_DELIVERY_ERROR_FOLDER_H
#define EMULATOR_DELIVERY_ERROR_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

/*
 * May an error object of a stream with this prefix (its ErrorOutputPrefix, or Prefix when there is
 * none) lie in that folder, which is all of a key before the stream's name? `local_ms` is the time
 * in the key's name, which is that of the prefix, too, but for parts of a second and offsets from
 * UTC: a pattern with these may be any text. With one at the end of the prefix a name that ends as
 * the stream's does is not told apart, but for "-" or "_" before that end.
 */
bool error_folder_fits(struct slice prefix, struct slice folder, int64_t local_ms);

#endif
