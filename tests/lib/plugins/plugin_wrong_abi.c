/* A shared object made for another major version of hydrant.h. */
#include <hydrant.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    (void)host;
    (void)batch;
    return 0;
}

static const struct hydrant_plugin plugin = {
    .size = sizeof(plugin),
    .abi_major = HYDRANT_ABI_MAJOR + 1,
    .abi_minor = 0,
    .name = "wrong_abi",
    .transform = transform,
};

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
