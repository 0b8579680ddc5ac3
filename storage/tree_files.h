/*
 * tree_files.h -- the file operations of the browsable tree. For storage/ only.
 *
 * Every folder on the way is opened from its parent without following symbolic links. A file
 * appears under its name whole or not at all. Where a file and a folder want the same name (keys
 * "a" and "a/b") the file gets a '%' behind it.
 */
#ifndef STORAGE_TREE_FILES_H
#define STORAGE_TREE_FILES_H

#include "storage/tree_names.h"

/* Something that makes a new file called `name` in `folder`. */
struct tree_source {
    enum status (*make)(struct tree_source *source, int folder, const char *name);
};

/* `bucket` is the bucket's open folder. */
NODISCARD enum status tree_files_put(int bucket, const struct tree_path *path,
                                     struct tree_source *source);

/* With the folders it leaves empty. Fine when it is not there. */
NODISCARD enum status tree_files_remove(int bucket, const struct tree_path *path);

#endif
