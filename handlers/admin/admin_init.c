#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/init/init_scripts.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

static void write_script(struct json_writer *w, const struct init_script *script)
{
    json_begin_object(w);
    json_put_text(w, "stage", init_stage_name(script->stage));
    json_put_text(w, "name", script->name);
    json_put_text(w, "state", init_state_name(script->state));
    json_end_object(w);
}

/* Of one stage; of all of them when it is INIT_STAGE_COUNT. */
static void write_scripts(struct json_writer *w, const struct init_scripts *scripts,
                          enum init_stage stage)
{
    json_key(w, "scripts");
    json_begin_array(w);
    for (size_t i = 0; i < scripts->count; i++)
        if (stage == INIT_STAGE_COUNT || scripts->items[i].stage == stage)
            write_script(w, &scripts->items[i]);
    json_end_array(w);
}

void admin_get_init(struct call *call)
{
    const struct init_scripts *scripts = call->sandbox->init;
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "completed");
    json_begin_object(&w);
    for (int stage = 0; stage < INIT_STAGE_COUNT; stage++)
        json_put_bool(&w, init_stage_name((enum init_stage)stage), scripts->is_completed[stage]);
    json_end_object(&w);
    write_scripts(&w, scripts, INIT_STAGE_COUNT);
    json_end_object(&w);
    admin_answer(call, &body);
}

/* In any case, as people write "ready". INIT_STAGE_COUNT: there is none of that name. */
static enum init_stage find_stage(struct slice name)
{
    int stage = 0;
    while (stage < INIT_STAGE_COUNT &&
           !slice_equal_nocase(name, slice_of(init_stage_name((enum init_stage)stage))))
        stage++;
    return (enum init_stage)stage;
}

void admin_get_init_stage(struct call *call)
{
    const struct init_scripts *scripts = call->sandbox->init;
    struct slice name = {NULL, 0};
    enum status status = admin_path_name(call, &name);
    enum init_stage stage = status == STATUS_OK ? find_stage(name) : INIT_STAGE_COUNT;
    if (stage == INIT_STAGE_COUNT) {
        call_fail(call, &admin_error_not_found,
                  "The stages are boot, start, ready and shutdown; there is no other.");
        return;
    }
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_bool(&w, "completed", scripts->is_completed[stage]);
    write_scripts(&w, scripts, stage);
    json_end_object(&w);
    admin_answer(call, &body);
}
