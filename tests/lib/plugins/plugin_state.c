/* A transform with a state: it answers each record with how many it has seen. VERSION is set by the
 * build. */
#include <hydrant.h>

#include <stdio.h>
#include <stdlib.h>

struct state {
    int seen;
};

static int init(const struct hydrant_host *host, void **ret_state)
{
    if (host->env(host, "FAIL_INIT") != NULL) {
        host->fail(host, "Test.NoInit", "init was told to fail");
        return 1;
    }
    host->log(host, HYDRANT_INFO, "init", 4);
    *ret_state = calloc(1, sizeof(struct state));
    return *ret_state != NULL ? 0 : 2;
}

static int transform(void *own, const struct hydrant_host *host, const struct hydrant_batch *batch)
{
    struct state *state = own;
    for (size_t i = 0; i < batch->record_count; i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "v%d seen %d", VERSION, ++state->seen);
        host->emit(host, i, HYDRANT_OK, hydrant_text(text));
    }
    return 0;
}

static void fini(void *own)
{
    free(own);
}

static const struct hydrant_plugin plugin =
    HYDRANT_PLUGIN(.name = "state", .init = init, .transform = transform, .fini = fini);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
