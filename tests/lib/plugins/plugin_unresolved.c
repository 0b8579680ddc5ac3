/* A transform that needs a function nobody has. */
#include <hydrant.h>

int function_nobody_has(void);

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    (void)host;
    (void)batch;
    return function_nobody_has();
}

static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
