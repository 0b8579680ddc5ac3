/*
 * plugin_host.h -- the functions a C transform is given (struct hydrant_host), working on the
 * plugin_run they are embedded in. Only inside a call into the plugin, on its thread.
 */
#ifndef EMULATOR_TRANSFORM_PLUGIN_HOST_H
#define EMULATOR_TRANSFORM_PLUGIN_HOST_H

struct hydrant_host;
struct plugin_run;

/* The run a host belongs to. */
struct plugin_run *plugin_host_run(const struct hydrant_host *host);

void plugin_host_init(struct plugin_run *run);

#endif
