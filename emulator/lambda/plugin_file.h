/*
 * plugin_file.h -- a shared object on its way into the process.
 *
 *     check the ELF header -> private copy -> dlopen -> symbol -> ABI
 *
 * The copy has a path no other ever had: dlopen() of a path that was loaded before gives the old
 * code, and a file replaced under a running transform would take its pages away. Nothing
 * of the plugin runs before the ELF check; its constructors run in dlopen().
 *
 * Blocking: on a worker, or before the loop runs. One thread at a time per file.
 */
#ifndef EMULATOR_LAMBDA_PLUGIN_FILE_H
#define EMULATOR_LAMBDA_PLUGIN_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/status.h"

struct hydrant_plugin;

#define PLUGIN_REASON_BYTES 1024

struct plugin_file {
    void *handle;                        /* dlopen's */
    const struct hydrant_plugin *plugin; /* in the loaded object */
    char *copy_path;                     /* owned; the file is removed at close */
};

/*
 * Load `path`, keeping the copy in `copy_folder`. On failure `reason` (PLUGIN_REASON_BYTES) names
 * the file and says why. STATUS_INVALID: the file is at fault; else it is the system.
 */
NODISCARD enum status plugin_file_open(const char *path, const char *copy_folder, char *reason,
                                       struct plugin_file **ret_file);

/* Unload. Nothing of the plugin may run any more. NULL is a no-op. */
void plugin_file_close(struct plugin_file *file);

#endif
