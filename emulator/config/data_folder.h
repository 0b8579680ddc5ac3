/*
 * data_folder.h -- where a person's daemon keeps its data when nobody says where.
 */
#ifndef EMULATOR_CONFIG_DATA_FOLDER_H
#define EMULATOR_CONFIG_DATA_FOLDER_H

#include "emulator/config/config.h"

/*
 * $XDG_STATE_HOME/hydrant, else ~/.local/state/hydrant, else (a service without a home)
 * /var/lib/hydrant. NULL when out of memory.
 */
const char *data_folder_default(struct arena *arena, config_env_fn *env, void *env_owner);

#endif
