/* pass_on.c -- the least a transform can do: every record goes on as it came. */
#include <hydrant.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    for (size_t i = 0; i < batch->record_count; i++)
        host->emit(host, i, HYDRANT_OK, hydrant_record(batch, i)->data);
    return 0;
}

static const struct hydrant_plugin plugin =
    HYDRANT_PLUGIN(.name = "pass_on", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
