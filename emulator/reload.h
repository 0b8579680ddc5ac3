/*
 * reload.h -- SIGHUP: read the configuration again. What a running daemon can change is changed,
 * the rest is named in the log; a configuration with a mistake changes nothing. A daemon whose
 * terminal has closed ends instead (app.c).
 */
#ifndef EMULATOR_RELOAD_H
#define EMULATOR_RELOAD_H

struct config;
struct config_sources;

/* What takes effect in the process as a whole. Also at the start. */
void reload_apply(const struct config *config);

/* On the loop thread. */
void reload(struct config *config, const struct config_sources *sources);

#endif
