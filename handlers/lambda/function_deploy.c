#include "handlers/lambda/function_deploy.h"

#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_code.h"

static void on_deployed(struct lambda_deploy *deploy)
{
    struct function_deploy *own = list_entry(deploy, struct function_deploy, deploy);
    if (deploy->result != LAMBDA_DEPLOY_OK) {
        function_code_fail(own->call, deploy);
        return;
    }
    own->row.code_sha256 = slice_of(deploy->code_sha256);
    own->row.code_size = deploy->code_size;
    own->row.code_revision = slice_of(deploy->code_revision);
    own->row.code_file = slice_of(deploy->code_file);
    if (function_state_begin(own->call, &own->row, own->change))
        own->store(own);
    else
        lambda_deploy_discard(deploy);
}

void function_deploy_start(struct call *call, const struct json *members,
                           const struct function_row *row, enum function_change change,
                           void (*store)(struct function_deploy *deploy))
{
    struct package_source source;
    if (!function_code_read(call, members, &source))
        return;
    struct function_deploy *own = arena_zalloc(&call->arena, sizeof(*own));
    char *handler = arena_text(&call->arena, row->handler);
    if (own == NULL || handler == NULL) {
        package_source_release(&source);
        call_fail_internal(call, STATUS_NO_MEMORY, "unpacking the code");
        return;
    }
    own->call = call;
    own->row = *row;
    own->change = change;
    own->store = store;
    own->deploy.name = row->name;
    own->deploy.runtime = row->runtime;
    own->deploy.source = source;
    own->deploy.handler = handler;
    own->deploy.done = on_deployed;
    enum status status = lambda_deploy_start(call->sandbox->lambda, &own->deploy);
    if (status != STATUS_OK) {
        package_source_release(&own->deploy.source);
        call_fail_internal(call, status, "unpacking the code");
    }
}
