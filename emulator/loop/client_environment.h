/*
 * client_environment.h -- the environment of a program that is to use one Hydrant: ours, but with
 * everything that leads an AWS client to a place, an identity or a proxy pointing there.
 */
#ifndef EMULATOR_LOOP_CLIENT_ENVIRONMENT_H
#define EMULATOR_LOOP_CLIENT_ENVIRONMENT_H

struct arena;

/* NULL-terminated and in the arena; NULL when out of memory. `region` when `given` names none. */
const char **client_environment(struct arena *arena, const char *const *given, const char *url,
                                const char *region);

#endif
