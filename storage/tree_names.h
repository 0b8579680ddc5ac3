/*
 * tree_names.h -- how a key becomes a path in the browsable tree (tree.h). Pure.
 *
 * Each part of the key between slashes becomes one name. Bytes below 0x20, 0x7F, '%' and '\' are
 * written %XX; "." and ".." are %2E and %2E%2E; an empty part is "%"; a name longer than 200 bytes
 * is its first 150, "%~", and 16 digits of its hash. No other name contains a bare '%', so
 * different keys get different paths and none leads out of its folder.
 */
#ifndef STORAGE_TREE_NAMES_H
#define STORAGE_TREE_NAMES_H

#include <stddef.h>

#include "emulator/base/slice.h"

#define TREE_NAME_MAX_BYTES 200U

struct arena;

struct tree_path {
    char **names; /* NUL-terminated; the last one is the file's */
    size_t count; /* at least 1 */
};

NODISCARD enum status tree_names_make(struct slice key, struct arena *arena,
                                      struct tree_path *ret_path);

#endif
