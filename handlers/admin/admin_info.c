#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "handlers/admin/admin_operations.h"

/* The members LocalStack's clients look at: which edition, which version. */
void admin_get_info(struct call *call)
{
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "version", HYDRANT_VERSION);
    json_put_text(&w, "edition", "hydrant");
    json_put_bool(&w, "is_license_activated", false);
    json_end_object(&w);
    admin_answer(call, &body);
}
