/*
 * plugin_crash.h -- who it was, when a C transform takes the process with it: before the process
 * ends as it would have ended, one line on stderr names function, call and batch. Nothing is
 * lost by it: records that were acknowledged are in the database, and delivered after a restart.
 *
 *     enter(run, "transform()") -> the plugin -> leave()
 */
#ifndef EMULATOR_TRANSFORM_PLUGIN_CRASH_H
#define EMULATOR_TRANSFORM_PLUGIN_CRASH_H

struct plugin_run;

/* Handle SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT of the process from now on. Once is enough. */
void plugin_crash_watch(void);

/* This thread is about to be in the plugin: `call` is static. */
void plugin_crash_enter(const struct plugin_run *run, const char *call);
void plugin_crash_leave(void);

#endif
