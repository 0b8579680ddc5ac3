/*
 * app.h -- the daemon: the composition root that starts every part in one order and stops
 * it in reverse.
 */
#ifndef EMULATOR_APP_H
#define EMULATOR_APP_H

struct config;
struct config_sources;

/*
 * Serve until SIGTERM or SIGINT; a second one ends it at once, SIGHUP reads `sources` again. Prints
 * "Listening on <url>" and "Ready." to standard output. Returns the process's exit code: 0 after a
 * clean stop, 1 when it could not start (said on standard error).
 */
int app_run(struct config *config, const struct config_sources *sources);

#endif
