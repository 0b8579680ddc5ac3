/*
 * layer_list.c -- ListLayers and ListLayerVersions.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/lambda_operations.h"
#include "handlers/lambda/layer_address.h"
#include "handlers/lambda/layer_json.h"

#define PAGE_MAX_LAYERS 50u

static uint64_t page_size(struct call *call)
{
    uint64_t size = 0;
    if (slice_to_u64(rest_json_query(call, "MaxItems"), &size) != STATUS_OK || size == 0 ||
        size > PAGE_MAX_LAYERS)
        return PAGE_MAX_LAYERS;
    return size;
}

/* Is the wanted value, if there is one, in this JSON array? */
static bool is_compatible(struct call *call, struct slice list, struct slice wanted)
{
    const struct json *array = NULL;
    if (wanted.len == 0)
        return true;
    if (list.len == 0 || json_parse(list, &call->arena, &array) != STATUS_OK)
        return false;
    for (const struct json *item = json_first(array); item != NULL; item = json_next(item)) {
        if (slice_equal(json_string(item), wanted))
            return true;
    }
    return false;
}

/* The newest version below key->version that fits what the query asks for. */
static enum status find_matching(struct call *call, struct layer_key *key,
                                 struct layer_row *ret_row)
{
    struct slice runtime = rest_json_query(call, "CompatibleRuntime");
    struct slice architecture = rest_json_query(call, "CompatibleArchitecture");
    for (;;) {
        enum status status = layer_store_before(call->sandbox->db, key, &call->arena, ret_row);
        if (status != STATUS_OK || (is_compatible(call, ret_row->runtimes, runtime) &&
                                    is_compatible(call, ret_row->architectures, architecture)))
            return status;
    }
}

/* ---- ListLayerVersions ------------------------------------------------------------------- */

/* STATUS_OK: the page is full and more follow behind `at`. */
static enum status write_versions(struct call *call, struct json_writer *w, struct layer_key *at,
                                  uint64_t left)
{
    for (struct layer_key next = *at;; left--) {
        struct layer_row row;
        enum status status = find_matching(call, &next, &row);
        if (status != STATUS_OK || left == 0)
            return status;
        json_begin_object(w);
        layer_json_write_members(call, w, &next, &row);
        json_end_object(w);
        *at = next;
    }
}

void lambda_list_layer_versions(struct call *call)
{
    struct layer_key at;
    if (!layer_address_read(call, &at))
        return;
    if (slice_to_i64(rest_json_query(call, "Marker"), &at.version) != STATUS_OK)
        at.version = INT64_MAX;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "LayerVersions");
    json_begin_array(&w);
    enum status status = write_versions(call, &w, &at, page_size(call));
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing the layer's versions");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK)
        json_put_text(&w, "NextMarker", arena_printf(&call->arena, "%lld", (long long)at.version));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

/* ---- ListLayers -------------------------------------------------------------------------- */

static void write_layer(struct call *call, struct json_writer *w, const struct layer_key *key,
                        const struct layer_row *row)
{
    struct layer_key layer = *key;
    layer.version = 0;
    json_begin_object(w);
    json_put_string(w, "LayerName", key->name);
    json_put_string(w, "LayerArn", layer_address_arn(call, &layer));
    json_key(w, "LatestMatchingVersion");
    json_begin_object(w);
    layer_json_write_members(call, w, key, row);
    json_end_object(w);
    json_end_object(w);
}

/* The layer behind `key` in name order that has a version that fits. */
static enum status next_layer(struct call *call, struct layer_key *key, struct layer_row *ret_row)
{
    for (;;) {
        enum status status =
            layer_store_next_name(call->sandbox->db, key, &call->arena, &key->name);
        if (status != STATUS_OK)
            return status;
        key->version = INT64_MAX;
        status = find_matching(call, key, ret_row);
        if (status != STATUS_NOT_FOUND)
            return status;
    }
}

static enum status write_layers(struct call *call, struct json_writer *w, struct layer_key *at,
                                uint64_t left)
{
    for (struct layer_key next = *at;; left--) {
        struct layer_row row;
        enum status status = next_layer(call, &next, &row);
        if (status != STATUS_OK || left == 0)
            return status;
        write_layer(call, w, &next, &row);
        *at = next;
    }
}

void lambda_list_layers(struct call *call)
{
    const struct principal *principal = call->principal;
    struct layer_key at = {principal->account, principal->region, rest_json_query(call, "Marker"),
                           0};
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "Layers");
    json_begin_array(&w);
    enum status status = write_layers(call, &w, &at, page_size(call));
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        call_fail_internal(call, status, "listing layers");
        return;
    }
    json_end_array(&w);
    if (status == STATUS_OK)
        json_put_string(&w, "NextMarker", at.name);
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}
