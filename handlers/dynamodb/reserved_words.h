/*
 * reserved_words.h -- the words AWS does not allow as attribute names in expressions.
 */
#ifndef HANDLERS_DYNAMODB_RESERVED_WORDS_H
#define HANDLERS_DYNAMODB_RESERVED_WORDS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

/* In any case. */
bool reserved_words_has(struct slice word);

#endif
