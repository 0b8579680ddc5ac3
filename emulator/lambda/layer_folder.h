/*
 * layer_folder.h -- layers on disk.
 *
 *     DIR/<sandbox>/functions/.layers/<revision>/       a version of a layer, unpacked
 *     DIR/<sandbox>/functions/.layers/<revision>.zip    as it came
 *     DIR/<sandbox>/functions/.opt/<folder>/            the layers of a function, laid over each
 *                                                       other in order: what AWS has in /opt
 *
 * Files in .opt are hard links to those in .layers, so a function keeps its layers when their
 * versions are deleted. A folder in .opt is made once, for one configuration, and never changed;
 * versions of the function share it. What no function and no layer refers to is swept
 * (lambda_engine_sweep()).
 */
#ifndef EMULATOR_LAMBDA_LAYER_FOLDER_H
#define EMULATOR_LAMBDA_LAYER_FOLDER_H

#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/loop/worker.h"

struct arena;
struct function_row;
struct lambda_engine;

#define LAYERS_OF_FUNCTION_MAX 5u
#define LAYER_FOLDER_NAME_BYTES 40

/*
 * Laying out a function's layers, on a worker. Embed it; keep it until `done`, which runs on a
 * later turn, exactly once. Holds the sandbox's clock.
 */
struct layer_folder_job {
    struct slice revisions[LAYERS_OF_FUNCTION_MAX]; /* the layers', in order; borrowed */
    size_t count;
    void (*done)(struct layer_folder_job *job);

    /* out */
    enum status status;
    char name[LAYER_FOLDER_NAME_BYTES]; /* for function_row.layer_folder */

    /* the engine's */
    struct lambda_engine *engine;
    struct worker_job job;
    char *paths[LAYERS_OF_FUNCTION_MAX + 1]; /* owned; the last one is where they go */
};

NODISCARD enum status layer_folder_start(struct lambda_engine *engine,
                                         struct layer_folder_job *job);

/* Where a function's layers are; NULL when it has none, or out of memory. In the arena. */
const char *layer_folder_path(const struct lambda_engine *engine, struct arena *arena,
                              const struct function_row *row);

/* Where the package of a layer lies, for people to fetch. In the arena. */
const char *layer_folder_package_path(const struct lambda_engine *engine, struct arena *arena,
                                      struct slice code_revision);

/* Blocking: everything in `from` into `to`, over what is there. Both on one file system. */
NODISCARD enum status layer_folder_lay_over(const char *from, const char *to);

#endif
