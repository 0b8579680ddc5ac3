/*
 * aliases.h -- the environment variables of what Hydrant is used in place of, for whoever swaps one
 * image for the other and keeps the rest of a compose file. Weaker than Hydrant's own variables,
 * stronger than the file.
 */
#ifndef EMULATOR_CONFIG_ALIASES_H
#define EMULATOR_CONFIG_ALIASES_H

#include "emulator/config/config.h"

/* LocalStack's. As config_load(). */
NODISCARD enum status aliases_take(struct config *config, struct arena *arena,
                                   const struct config_sources *sources, struct text *problem);

/* The names of LocalStack's that are set and have no effect here, with a space before each. */
void aliases_without_effect(const struct config_sources *sources, struct text *names);

#endif
