/*
 * plugin_file.h -- a shared object on its way into the process.
 *
 *     check the ELF header -> private copy -> dlopen -> symbol -> ABI
 *
 * The copy has a path no other ever had: dlopen() of a path that was loaded before gives the old
 * code, and a file replaced under a running transform would take its pages away. Nothing
 * of the plugin runs before the ELF check; its constructors run in dlopen().
 *
 * Blocking. One thread at a time per file.
 */
#ifndef EMULATOR_TRANSFORM_PLUGIN_FILE_H
#define EMULATOR_TRANSFORM_PLUGIN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/status.h"

struct hydrant_plugin;

#define PLUGIN_REASON_BYTES 1024

struct plugin_file {
    void *handle;                        /* dlopen's; NULL: not loaded here */
    const struct hydrant_plugin *plugin; /* in the loaded object */
    char *copy_path;                     /* owned; the file is removed at close; NULL: no copy */
};

/*
 * Load `path`, keeping the copy in `copy_folder`. On failure `reason` (PLUGIN_REASON_BYTES) names
 * the file and says why. STATUS_INVALID: the file is at fault; else it is the system.
 */
NODISCARD enum status plugin_file_open(const char *path, const char *copy_folder, char *reason,
                                       struct plugin_file **ret_file);

/* Only check the header and copy: `handle` and `plugin` are NULL, another process loads it. */
NODISCARD enum status plugin_file_copy(const char *path, const char *copy_folder, char *reason,
                                       struct plugin_file **ret_file);

/* Only check and load, without a copy: a file that stays as it is. Reasons call it `shown`. */
NODISCARD enum status plugin_file_load(const char *path, const char *shown, char *reason,
                                       struct plugin_file **ret_file);

/* Unload. Nothing of the plugin may run any more. NULL is a no-op. */
void plugin_file_close(struct plugin_file *file);

#endif
