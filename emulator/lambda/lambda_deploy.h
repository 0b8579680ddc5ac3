/*
 * lambda_deploy.h -- code on its way in: from the base64 text of a package to checked files on
 * disk, on a worker.
 *
 *     decode -> sha256 -> unpack -> (C transforms) find the .so -> load it once, to see that it can
 *
 * What runs in a process of its own is not looked at, as on AWS: it fails when it is invoked.
 *
 *     DIR/<sandbox>/functions/<name>/<revision>/        the unpacked package
 *     DIR/<sandbox>/functions/<name>/<revision>.zip     the package itself
 *
 * The caller then writes the row that refers to it, or calls lambda_deploy_discard(). What a crash
 * leaves over is removed at the next start. Holds the sandbox's clock.
 */
#ifndef EMULATOR_LAMBDA_LAMBDA_DEPLOY_H
#define EMULATOR_LAMBDA_LAMBDA_DEPLOY_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/lambda/function_package.h"
#include "emulator/lambda/package_source.h"
#include "emulator/loop/worker.h"

struct lambda_engine;

enum lambda_deploy_result {
    LAMBDA_DEPLOY_OK,
    LAMBDA_DEPLOY_NO_ZIP,
    LAMBDA_DEPLOY_ZIPPED_TOO_LARGE,
    LAMBDA_DEPLOY_UNZIPPED_TOO_LARGE,
    LAMBDA_DEPLOY_REFUSED, /* `reason` says why: unsafe names, no transform, cannot be loaded */
    LAMBDA_DEPLOY_FAILED   /* ours: disk, memory; `reason` says more */
};

/* Embed it; keep it until `done`, which runs on a later turn, exactly once. */
struct lambda_deploy {
    struct slice name; /* borrowed until `done`, as the others */
    struct package_source source;
    struct slice runtime;
    const char *handler;
    bool is_layer; /* unpacked into .layers (layer_folder.h), and not looked into */
    void (*done)(struct lambda_deploy *deploy);

    /* out */
    enum lambda_deploy_result result;
    char reason[1024];
    char code_sha256[64]; /* base64 */
    int64_t code_size;    /* of the package */
    int64_t unzipped_bytes;
    char code_revision[40];
    char code_file[PACKAGE_FILE_NAME_BYTES]; /* the .so; empty: it runs in a process */

    /* the engine's */
    struct lambda_engine *engine;
    struct worker_job job;
    char folder[1024];
};

/* STATUS_NO_MEMORY, STATUS_TOO_LARGE (the name is too long for a path): `done` will not run. */
NODISCARD enum status lambda_deploy_start(struct lambda_engine *engine,
                                          struct lambda_deploy *deploy);

/* Loop thread, from `done` on: nothing will refer to this code. */
void lambda_deploy_discard(struct lambda_deploy *deploy);

#endif
