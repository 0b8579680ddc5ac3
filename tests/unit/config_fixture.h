/*
 * config_fixture.h -- an environment for tests of the configuration.
 */
#ifndef TESTS_UNIT_CONFIG_FIXTURE_H
#define TESTS_UNIT_CONFIG_FIXTURE_H

#include <stddef.h>
#include <string.h>

static const char *variables[16]; /* "NAME=value", NULL behind the last; a test sets them */

/* As getenv(), of these; for config_sources.env. */
static const char *env(void *owner, const char *name)
{
    (void)owner;
    size_t len = strlen(name);
    for (size_t i = 0; variables[i] != NULL; i++)
        if (strncmp(variables[i], name, len) == 0 && variables[i][len] == '=')
            return variables[i] + len + 1;
    return NULL;
}

#endif
