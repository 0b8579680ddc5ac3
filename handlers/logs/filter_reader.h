/*
 * filter_reader.h -- what the parsers of filter patterns read from: the rest of a pattern, where
 * its parts are kept, and what was wrong with it.
 */
#ifndef HANDLERS_LOGS_FILTER_READER_H
#define HANDLERS_LOGS_FILTER_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct text;

struct filter_reader {
    struct slice rest;
    struct arena *arena;  /* borrowed */
    struct text *problem; /* borrowed; why it is no pattern */
    unsigned regexes;     /* read up to now */
};

bool filter_reader_is_space(char c);

/* A letter, a digit, an underscore, or anything beyond ASCII. */
bool filter_reader_is_word(char c);

void filter_reader_skip_space(struct filter_reader *r);

/* Behind white space; nothing is taken. */
bool filter_reader_sees(struct filter_reader *r, const char *symbol);

/* Behind white space: take `symbol` if it is there. */
bool filter_reader_take(struct filter_reader *r, const char *symbol);

/* The same for a word, in upper or lower case, that ends there. */
bool filter_reader_take_word(struct filter_reader *r, const char *word);

/* What is between quotation marks, without its escapes. The opening one comes next. */
NODISCARD enum status filter_reader_take_quoted(struct filter_reader *r, struct slice *ret_text);

/* STATUS_INVALID, in AWS's words. */
enum status filter_reader_refuse(struct filter_reader *r);
enum status filter_reader_refuse_character(struct filter_reader *r, char c);

#endif
