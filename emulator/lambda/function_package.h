/*
 * function_package.h -- from the bytes of a deployment package (a zip) to files in a folder.
 *
 * What a package could do to the machine it is unpacked on is refused: names that lead out of
 * the folder, symbolic links, devices, and more bytes or files than AWS takes.
 *
 * Blocking and pure but for the file system: on a worker.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_PACKAGE_H
#define EMULATOR_LAMBDA_FUNCTION_PACKAGE_H

#include <stddef.h>

#include "emulator/base/slice.h"

#define PACKAGE_ZIPPED_MAX_BYTES ((size_t)52428800)
#define PACKAGE_UNZIPPED_MAX_BYTES ((size_t)262144000)
#define PACKAGE_MAX_FILES 20000
#define PACKAGE_FILE_NAME_BYTES 256

enum package_result {
    PACKAGE_OK,
    PACKAGE_NO_ZIP, /* not a zip, or a damaged one */
    PACKAGE_UNSAFE, /* a name or kind of entry we refuse */
    PACKAGE_ZIPPED_TOO_LARGE,
    PACKAGE_UNZIPPED_TOO_LARGE,
    PACKAGE_NO_PLUGIN, /* no shared object, or more than one to choose from */
    PACKAGE_IO_ERROR
};

/*
 * Unpack into `folder`, which is made; what was unpacked is counted. On failure `reason`
 * (PLUGIN_REASON_BYTES) says why, and what was written is left to the caller to remove.
 */
enum package_result function_package_unpack(struct slice zip, const char *folder, char *reason,
                                            size_t *ret_bytes);

/*
 * The shared object in an unpacked package: the one `handler` names (with or without ".so"), else
 * the only one in the package's root. Its path relative to `folder` goes to `file`
 * (PACKAGE_FILE_NAME_BYTES).
 */
enum package_result function_package_find_plugin(const char *folder, const char *handler,
                                                 char *file, char *reason);

/* Remove a folder and everything in it; nothing happens when there is none. */
void function_package_remove(const char *folder);

#endif
