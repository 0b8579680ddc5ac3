/*
 * function_deploy.h -- what CreateFunction and UpdateFunctionCode share: the code members of the
 * request, handed to emulator/lambda/lambda_deploy, and its failures as the API words them.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_DEPLOY_H
#define HANDLERS_LAMBDA_FUNCTION_DEPLOY_H

#include <stdbool.h>

#include "emulator/lambda/lambda_deploy.h"
#include "emulator/lambda/layer_folder.h"
#include "handlers/lambda/function_state.h"
#include "storage/function_store.h"

struct call;
struct function_deploy;
struct json;

/* What is to be done. */
struct function_deploy_plan {
    const struct json *members; /* ZipFile, S3Bucket, ... */
    struct function_row row;
    enum function_change change;
    struct layer_folder_job layers; /* to be laid out as well, when it has any */
    void (*store)(struct function_deploy *deploy);
};

/* In the call's arena. */
struct function_deploy {
    struct call *call;
    struct function_deploy_plan plan;
    struct function_row row; /* the plan's, with the new code filled in, once it is there */
    struct lambda_deploy deploy;
};

/*
 * Take the code from the plan's members for the function of its row. Answers the call with the
 * error, or calls store() on a later turn with row's code members, revision and time set. store()
 * opens its own unit of work and answers; it discards the code when it cannot keep it.
 */
void function_deploy_start(struct call *call, const struct function_deploy_plan *plan);

#endif
