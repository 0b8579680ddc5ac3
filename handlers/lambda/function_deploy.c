#include "handlers/lambda/function_deploy.h"

#include "emulator/base/list.h"
#include "emulator/http/call.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_code.h"
#include "handlers/lambda/function_layers.h"

static void finish(struct function_deploy *own)
{
    if (function_state_begin(own->call, &own->row, own->plan.change))
        own->plan.store(own);
    else
        lambda_deploy_discard(&own->deploy);
}

static void fail(struct function_deploy *own, enum status status)
{
    lambda_deploy_discard(&own->deploy);
    call_fail_internal(own->call, status, "laying out the layers");
}

static void on_laid_out(struct layer_folder_job *job)
{
    struct function_deploy_plan *plan = list_entry(job, struct function_deploy_plan, layers);
    struct function_deploy *own = list_entry(plan, struct function_deploy, plan);
    own->row.layer_folder = slice_of(job->name);
    if (job->status == STATUS_OK)
        finish(own);
    else
        fail(own, job->status);
}

static void lay_out(struct function_deploy *own)
{
    struct layer_folder_job *job = &own->plan.layers;
    job->done = on_laid_out;
    enum status status = layer_folder_start(own->call->sandbox->lambda, job);
    if (status != STATUS_OK)
        fail(own, status);
}

static void on_deployed(struct lambda_deploy *deploy)
{
    struct function_deploy *own = list_entry(deploy, struct function_deploy, deploy);
    if (deploy->result != LAMBDA_DEPLOY_OK) {
        function_code_fail(own->call, deploy);
        return;
    }
    own->row.code_sha256 = slice_of(deploy->code_sha256);
    own->row.code_size = deploy->code_size;
    own->row.unzipped_bytes = deploy->unzipped_bytes;
    own->row.code_revision = slice_of(deploy->code_revision);
    own->row.code_file = slice_of(deploy->code_file);
    if (!function_layers_fit(own->call, &own->row))
        lambda_deploy_discard(deploy);
    else if (own->plan.layers.count > 0)
        lay_out(own);
    else
        finish(own);
}

void function_deploy_start(struct call *call, const struct function_deploy_plan *plan)
{
    struct package_source source;
    if (!function_code_read(call, plan->members, &source))
        return;
    struct function_deploy *own = arena_zalloc(&call->arena, sizeof(*own));
    char *handler = arena_text(&call->arena, plan->row.handler);
    if (own == NULL || handler == NULL) {
        package_source_release(&source);
        call_fail_internal(call, STATUS_NO_MEMORY, "unpacking the code");
        return;
    }
    own->call = call;
    own->plan = *plan;
    own->row = plan->row;
    own->deploy.name = plan->row.name;
    own->deploy.runtime = plan->row.runtime;
    own->deploy.source = source;
    own->deploy.handler = handler;
    own->deploy.done = on_deployed;
    enum status status = lambda_deploy_start(call->sandbox->lambda, &own->deploy);
    if (status != STATUS_OK) {
        package_source_release(&own->deploy.source);
        call_fail_internal(call, status, "unpacking the code");
    }
}
