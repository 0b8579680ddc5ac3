/* A transform that returns every record but the first of each batch. */
#include <hydrant.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    for (size_t i = 1; i < batch->record_count; i++)
        host->emit(host, i, HYDRANT_OK, hydrant_record(batch, i)->data);
    return 0;
}

static const struct hydrant_plugin plugin =
    HYDRANT_PLUGIN(.name = "leave_out", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
