/* A transform that returns 7 and does not say why. */
#include <hydrant.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    (void)batch;
    host->fail(host, NULL, NULL);
    return 7;
}

static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.name = "code", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
