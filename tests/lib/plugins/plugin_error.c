/* A transform that returns an error of its own name for every batch. */
#include <hydrant.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    (void)batch;
    host->fail(host, "Test.Refused", "the transform \"refuses\" every batch");
    return 1;
}

static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.name = "error", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
