/*
 * document_path.h -- "a.b[3]": where a value stands in an item.
 */
#ifndef HANDLERS_DYNAMODB_DOCUMENT_PATH_H
#define HANDLERS_DYNAMODB_DOCUMENT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct text;
struct value;

struct path_step {
    struct path_step *next;
    bool is_index;
    struct slice name; /* as written until resolved, then the attribute's */
    uint64_t index;
};

struct document_path {
    struct path_step *first; /* a name; in the arena */
    size_t count;
};

/* A step behind `*tail` (NULL: the first), zeroed; the new tail. NULL: no memory. */
struct path_step *document_path_append(struct document_path *path, struct path_step **tail,
                                       struct arena *arena);

/* The value there; false when there is none. */
bool document_path_find(const struct document_path *path, struct slice item,
                        struct value *ret_value);

bool document_path_equal(const struct document_path *a, const struct document_path *b);

/* "[a, b, [3]]", as messages have it. */
void document_path_describe(const struct document_path *path, struct text *out);

#endif
