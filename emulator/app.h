/*
 * app.h -- the daemon: the composition root that starts every part in one order and stops
 * it in reverse.
 */
#ifndef EMULATOR_APP_H
#define EMULATOR_APP_H

struct config;

/*
 * Serve until SIGTERM or SIGINT. Prints "Listening on <url>" and "Ready." to standard output.
 * Returns the process's exit code: 0 after a clean stop, 1 when it could not start (said on
 * standard error).
 */
int app_run(const struct config *config);

#endif
