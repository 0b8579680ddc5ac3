/*
 * path_tree.h -- a set of document paths that do not overlap, as a tree: what a projection picks
 * and what an update changes.
 *
 * Children are in the order of documents (names as bytes, indices ascending) so that a tree and a
 * document are walked side by side, once.
 */
#ifndef HANDLERS_DYNAMODB_PATH_TREE_H
#define HANDLERS_DYNAMODB_PATH_TREE_H

#include <stdbool.h>

#include "handlers/dynamodb/document_path.h"

struct arena;
struct text;
struct value;

struct path_tree {
    struct path_step step;             /* its `next` is not used; the root has none */
    struct path_tree *children;        /* ascending; NULL for a leaf */
    struct path_tree *next;            /* sibling */
    const struct document_path *owner; /* the first path that came through here */
    void *data;                        /* a leaf's, the caller's */
};

enum path_clash {
    PATH_CLASH_NONE,
    PATH_CLASH_OVERLAP,  /* one is the beginning of the other, or the same */
    PATH_CLASH_CONFLICT, /* one wants a map where the other wants a list */
};

/*
 * Add a path, which stays borrowed. On a clash nothing is added that matters and *ret_other is the
 * path that was there.
 */
NODISCARD enum status path_tree_add(struct path_tree *root, const struct document_path *path,
                                    void *data, struct arena *arena, enum path_clash *ret_clash,
                                    const struct document_path **ret_other);

/* AWS's message for a clash. */
void path_tree_describe_clash(enum path_clash clash, const struct document_path *one,
                              const struct document_path *two, struct text *out);

/* Append the picked parts of an item, as an item. Elements of lists move together. */
void path_tree_project(const struct path_tree *root, struct slice item, struct text *out);

#endif
