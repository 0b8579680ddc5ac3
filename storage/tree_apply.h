/*
 * tree_apply.h -- making the file of one key what its committed row says. For storage/ only.
 */
#ifndef STORAGE_TREE_APPLY_H
#define STORAGE_TREE_APPLY_H

#include "emulator/base/slice.h"

struct blob_store;
struct db;

/* Key "": the bucket was deleted. Key "\0": it was made. */
struct tree_change {
    struct slice bucket;
    struct slice key;
};

struct tree_target {
    struct db *reader;
    struct blob_store *blobs;
    const char *folder;
    int root; /* the same, open */
};

NODISCARD enum status tree_apply(const struct tree_target *target,
                                 const struct tree_change *change);

#endif
