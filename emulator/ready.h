/*
 * ready.h -- telling the world that Hydrant serves, in every way somebody may be waiting: two lines
 * on standard output, a descriptor, a file, the service manager.
 */
#ifndef EMULATOR_READY_H
#define EMULATOR_READY_H

#include <stdint.h>

struct config;

/* "Listening on ...": requests are taken from now on. */
void ready_listening(const struct config *config, uint16_t port);

/* "Ready.": all that was to be done at the start is done. */
void ready_say(const struct config *config, uint16_t port);

/* The file goes; the service manager hears that it ends. */
void ready_over(const struct config *config);

#endif
