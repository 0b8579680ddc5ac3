/*
 * error_folder.h -- whether a key may be that of an error object of a stream, by its prefix.
 */
#ifndef EMULATOR_DELIVERY_ERROR_FOLDER_H
#define EMULATOR_DELIVERY_ERROR_FOLDER_H

#include <stdbool.h>

#include "emulator/base/slice.h"

/*
 * May an error object of a stream with this prefix (its ErrorOutputPrefix, or Prefix when there is
 * none) lie in that folder, which is all of a key before the stream's name? Of times only their
 * place is known: with one at the end of the prefix a name that ends as the stream's does is not
 * told apart, but for "-" or "_" before that end.
 */
bool error_folder_fits(struct slice prefix, struct slice folder);

#endif
