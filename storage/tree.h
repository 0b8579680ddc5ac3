/*
 * tree.h -- the tree a person browses: DIR/<sandbox>/s3/<bucket>/..., one file per object.
 *
 * A derived view, made in the background and never read back: deleting it loses nothing. Large
 * bodies are hard links to their blobs, small ones are written out. Which keys changed is
 * noted by temporary triggers on the writing connection, in the transaction that changes them, so
 * whoever writes objects need not know of the tree:
 *
 *     object row changes -> tree_pending row -> COMMIT -> tree_take() -> tree_work() on a worker
 *
 * A tree that was not closed with everything done (a crash, or it was off) is emptied and made
 * anew, also in the background.
 *
 * Loop thread, but for tree_work(): any thread, while nothing else is called. A failed file
 * (a name the file system refuses, a full disk) is skipped and counted: the object still works.
 */
#ifndef STORAGE_TREE_H
#define STORAGE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/status.h"

struct blob_store;
struct db;
struct tree;

/* `folder` is made when missing. Between units, with nothing uncommitted. */
NODISCARD enum status tree_open(struct db *db, struct blob_store *blobs, const char *folder,
                                struct tree **ret_tree);

/* Not while tree_work() runs. NULL is a no-op. */
void tree_close(struct tree *tree);

/* Right after a COMMIT: take up what changed. True when tree_work() has something to do. */
bool tree_take(struct tree *tree);

/* Bring the files of what was taken up to date. */
void tree_work(struct tree *tree);

/* Files that could not be made or removed since the last time this was asked. */
size_t tree_failures(struct tree *tree);

#endif
