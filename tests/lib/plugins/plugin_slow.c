/*
 * A transform that takes its time: until 1.5 s are gone, whatever the function's Timeout. What it
 * does afterwards, when nobody waits for it any more, must have no effect.
 */
#define _POSIX_C_SOURCE 200809L /* nanosleep() */

#include <hydrant.h>

#include <time.h>

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    host->log(host, HYDRANT_INFO, "going slow", 10);
    struct timespec pause = {1, 500000000};
    (void)nanosleep(&pause, NULL);
    host->log(host, HYDRANT_INFO, "too late", 8);
    struct hydrant_answer answer = {.size = sizeof(answer)};
    (void)host->put_item(host, "words", hydrant_text("{\"word\":{\"S\":\"late\"}}"), &answer);
    for (size_t i = 0; i < batch->record_count; i++)
        host->emit(host, i, HYDRANT_OK, hydrant_record(batch, i)->data);
    return 0;
}

static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.name = "slow", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
