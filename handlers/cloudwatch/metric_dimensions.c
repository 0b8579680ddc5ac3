#include "handlers/cloudwatch/metric_dimensions.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "storage/metric_store.h"

bool metric_dimensions_have(struct slice packed, const struct json *filter)
{
    struct slice wanted = json_member_string(filter, "Name");
    const struct json *value_wanted = json_member(filter, "Value");
    struct slice name;
    struct slice value;
    while (metric_dimension_next(&packed, &name, &value)) {
        if (slice_equal(name, wanted) &&
            (value_wanted == NULL || slice_equal(value, json_string(value_wanted))))
            return true;
    }
    return false;
}

void metric_dimensions_write(struct json_writer *w, struct slice packed)
{
    struct slice name;
    struct slice value;
    json_begin_array(w);
    while (metric_dimension_next(&packed, &name, &value)) {
        json_begin_object(w);
        json_put_string(w, "Name", name);
        json_put_string(w, "Value", value);
        json_end_object(w);
    }
    json_end_array(w);
}
