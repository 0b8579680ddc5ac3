#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/init/init_scripts.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_operations.h"

/* What answers on this port. All of it runs from the start, there is nothing to start lazily. */
static const char *const services[] = {"cloudwatch", "dynamodb", "firehose", "iam", "kinesis",
                                       "lambda",     "logs",     "s3",       "sts"};

void admin_get_health(struct call *call)
{
    struct text body = admin_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "services");
    json_begin_object(&w);
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
        json_put_text(&w, services[i], "available");
    json_end_object(&w);
    json_put_text(&w, "edition", "hydrant");
    json_put_text(&w, "version", HYDRANT_VERSION);
    json_put_bool(&w, "ready", call->sandbox->init->is_completed[INIT_READY]);
    json_end_object(&w);
    admin_answer(call, &body);
}
