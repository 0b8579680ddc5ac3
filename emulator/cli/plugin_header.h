/*
 * plugin_header.h -- emulator/plugin/hydrant.h as text, as it was when Hydrant was built.
 */
#ifndef EMULATOR_CLI_PLUGIN_HEADER_H
#define EMULATOR_CLI_PLUGIN_HEADER_H

#include "emulator/base/slice.h"

struct slice hydrant_h(void);

#endif
