#include "handlers/lambda/function_layers.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_package.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/layer_address.h"
#include "storage/function_store.h"

struct chosen {
    struct slice arn;
    struct layer_key key;
    struct layer_row row;
};

static bool fail_missing(struct call *call, struct slice arn)
{
    call_fail(call, &lambda_error_invalid_parameter, "Layer version %.*s does not exist.",
              SLICE_ARG(arn));
    return false;
}

static bool find_layer(struct call *call, struct slice arn, struct chosen *chosen)
{
    const struct principal *principal = call->principal;
    chosen->arn = arn;
    if (!layer_address_parse(arn, &chosen->key))
        return fail_missing(call, arn);
    if (!slice_equal(chosen->key.region, principal->region)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Layers are not in the same region as the function. Layers are expected to be "
                  "in region %.*s.",
                  SLICE_ARG(principal->region));
        return false;
    }
    if (!slice_equal(chosen->key.account, principal->account))
        return fail_missing(call, arn);
    enum status status =
        layer_store_find(call->sandbox->db, &chosen->key, &call->arena, &chosen->row);
    if (status == STATUS_NOT_FOUND)
        return fail_missing(call, arn);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the layer");
    return status == STATUS_OK;
}

/* No layer stands twice. */
static bool is_single(struct call *call, const struct chosen *all, size_t count)
{
    const struct chosen *last = &all[count];
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(all[i].key.name, last->key.name))
            continue;
        call_fail(call, &lambda_error_invalid_parameter,
                  "Two different versions of the same layer are not allowed to be referenced in "
                  "the same function. %.*s and %.*s.",
                  SLICE_ARG(all[i].arn), SLICE_ARG(last->arn));
        return false;
    }
    return true;
}

static bool write_layers(struct call *call, const struct chosen *all, size_t count,
                         struct slice *ret_json)
{
    struct text json = rest_json_text(call);
    struct json_writer w = json_writer_make(&json);
    json_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&w);
        json_put_string(&w, "Arn", all[i].arn);
        json_put_integer(&w, "CodeSize", all[i].row.code_size);
        json_end_object(&w);
    }
    json_end_array(&w);
    if (json.status != STATUS_OK)
        call_fail_internal(call, json.status, "reading the layers");
    *ret_json = count > 0 ? text_slice(&json) : SLICE("");
    return json.status == STATUS_OK;
}

bool function_layers_read(struct call *call, struct function_row *row,
                          struct layer_folder_job *ret_job)
{
    const struct json *layers = json_member(call->input, "Layers");
    struct chosen all[LAYERS_OF_FUNCTION_MAX];
    size_t count = 0;
    int64_t bytes = 0;
    if (layers == NULL)
        return true;
    if (json_count(layers) > LAYERS_OF_FUNCTION_MAX) {
        call_fail(call, &lambda_error_invalid_parameter, "Cannot reference more than %u layers.",
                  LAYERS_OF_FUNCTION_MAX);
        return false;
    }
    for (const struct json *layer = json_first(layers); layer != NULL; layer = json_next(layer)) {
        if (!find_layer(call, json_string(layer), &all[count]) || !is_single(call, all, count))
            return false;
        ret_job->revisions[count] = all[count].row.code_revision;
        bytes += all[count].row.unzipped_bytes;
        count++;
    }
    struct slice before = row->layers;
    if (!write_layers(call, all, count, &row->layers))
        return false;
    row->layer_bytes = bytes;
    ret_job->count = slice_equal(before, row->layers) ? 0 : count;
    if (count == 0)
        row->layer_folder = SLICE("");
    return true;
}

bool function_layers_fit(struct call *call, const struct function_row *row)
{
    int64_t bytes = row->unzipped_bytes + row->layer_bytes;
    if (row->layer_bytes == 0 || bytes <= (int64_t)PACKAGE_UNZIPPED_MAX_BYTES)
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "Function code combined with layers exceeds the maximum allowed size of %zu bytes. "
              "The actual size is %lld bytes.",
              PACKAGE_UNZIPPED_MAX_BYTES, (long long)bytes);
    return false;
}
