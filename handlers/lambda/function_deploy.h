/*
 * function_deploy.h -- what CreateFunction and UpdateFunctionCode share: the code members of the
 * request, handed to emulator/lambda/lambda_deploy, and its failures as the API words them.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_DEPLOY_H
#define HANDLERS_LAMBDA_FUNCTION_DEPLOY_H

#include <stdbool.h>

#include "emulator/lambda/lambda_deploy.h"
#include "handlers/lambda/function_state.h"
#include "storage/function_store.h"

struct call;
struct json;

/* In the call's arena. */
struct function_deploy {
    struct call *call;
    struct function_row row; /* with the new code filled in, once it is there */
    enum function_change change;
    struct lambda_deploy deploy;
    void (*store)(struct function_deploy *deploy);
};

/*
 * Take the code from `members` (ZipFile) for the function of `row`. Answers the call with the
 * error, or calls store() on a later turn with row's code members, revision and time set. store()
 * opens its own unit of work and answers; it discards the code when it cannot keep it.
 */
void function_deploy_start(struct call *call, const struct json *members,
                           const struct function_row *row, enum function_change change,
                           void (*store)(struct function_deploy *deploy));

#endif
