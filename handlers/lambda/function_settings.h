/*
 * function_settings.h -- the configuration members of CreateFunction and
 * UpdateFunctionConfiguration, read into a function's row, and the rules no model states.
 *
 * What Hydrant does not honour is refused with a message that names it, unless it asks for nothing
 * (an empty list, a default).
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_SETTINGS_H
#define HANDLERS_LAMBDA_FUNCTION_SETTINGS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;
struct function_row;

/* Members the input has replace those of `row`. False: the call was answered with the error. */
bool function_settings_read(struct call *call, struct function_row *row);

/* The Architectures of the input, if there. */
void function_settings_read_architecture(struct call *call, struct function_row *row);

/* False, and answered, when a version is to be published elsewhere than under a number. */
bool function_settings_refuse_publish_to(struct call *call);

/* A value that asks for nothing: null, false, "", or a list or object of such. */
struct json;
bool function_settings_is_nothing(const struct json *value);

/*
 * False after answering: the object (variables, tags; NULL: none) has `name`, and its value is no
 * word of function_isolation.h.
 */
bool function_settings_check_isolation(struct call *call, const struct json *object,
                                       const char *name);

#endif
