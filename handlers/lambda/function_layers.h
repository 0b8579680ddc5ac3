/*
 * function_layers.h -- the Layers member of CreateFunction and UpdateFunctionConfiguration: which
 * versions of which layers a function has, and laying them out on disk.
 */
#ifndef HANDLERS_LAMBDA_FUNCTION_LAYERS_H
#define HANDLERS_LAMBDA_FUNCTION_LAYERS_H

#include <stdbool.h>

#include "emulator/lambda/layer_folder.h"

struct call;
struct function_row;

/*
 * Read Layers, if it is there, into the row. `ret_job` gets the layers to be laid out
 * (layer_folder_start); none when the function has the layers it had, or has no more of them.
 * False: the call was answered with the error.
 */
bool function_layers_read(struct call *call, struct function_row *row,
                          struct layer_folder_job *ret_job);

/* Code and layers together are not too large, unzipped. Else answered. */
bool function_layers_fit(struct call *call, const struct function_row *row);

#endif
