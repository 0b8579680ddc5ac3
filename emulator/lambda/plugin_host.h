/*
 * plugin_host.h -- the functions a C transform is given (struct hydrant_host), working on the
 * plugin_run they are embedded in. Worker only, inside a call into the plugin.
 */
#ifndef EMULATOR_LAMBDA_PLUGIN_HOST_H
#define EMULATOR_LAMBDA_PLUGIN_HOST_H

#include <stdint.h>

struct hydrant_host;
struct plugin_run;

/* The run a host belongs to. */
struct plugin_run *plugin_host_run(const struct hydrant_host *host);

void plugin_host_init(struct plugin_run *run);

/* The sandbox's time as seen from the run. */
int64_t plugin_host_now_ms(const struct plugin_run *run);

#endif
