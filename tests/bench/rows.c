/* rows.c -- puts a row for each record into DynamoDB and returns the record unchanged. */
#include <hydrant.h>

#include <cjson/cJSON.h>
#include <stdio.h>

/* {"element_class":{"S":"1001"}}; empty without memory or such a member. */
static struct hydrant_bytes make_item(const struct hydrant_host *host, struct hydrant_bytes data)
{
    struct hydrant_bytes nothing = {NULL, 0};
    cJSON *like = cJSON_ParseWithLength(data.ptr, data.len);
    const char *class = cJSON_GetStringValue(cJSON_GetObjectItem(like, "element_class"));
    char *text = class != NULL ? host->alloc(host, 128) : NULL;
    if (text != NULL)
        (void)snprintf(text, 128, "{\"element_class\":{\"S\":\"%.64s\"}}", class);
    cJSON_Delete(like);
    return text != NULL ? hydrant_text(text) : nothing;
}

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    size_t count = batch->record_count;
    struct hydrant_bytes *items = host->alloc(host, (count + 1) * sizeof(*items));
    if (items == NULL)
        return 1;
    for (size_t i = 0; i < count; i++)
        items[i] = make_item(host, hydrant_record(batch, i)->data);
    if (host->put_items(host, "Likes_Tab", items, count, NULL) != count)
        return 1;
    for (size_t i = 0; i < count; i++)
        host->emit(host, i, HYDRANT_OK, hydrant_record(batch, i)->data);
    return 0;
}

static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.name = "rows", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
