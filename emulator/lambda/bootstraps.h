/*
 * bootstraps.h -- our programs that run handlers in other languages (bootstrap/), as they were
 * when Hydrant was built.
 */
#ifndef EMULATOR_LAMBDA_BOOTSTRAPS_H
#define EMULATOR_LAMBDA_BOOTSTRAPS_H

#include "emulator/base/slice.h"

struct slice bootstrap_py(void);
struct slice bootstrap_mjs(void);

#endif
