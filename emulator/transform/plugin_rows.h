/*
 * plugin_rows.h -- put_item and put_items of struct hydrant_host: a transform's rows on their way
 * to DynamoDB, through the backend. Only inside a call into the plugin, on its thread.
 */
#ifndef EMULATOR_TRANSFORM_PLUGIN_ROWS_H
#define EMULATOR_TRANSFORM_PLUGIN_ROWS_H

#include <stddef.h>

#include "emulator/plugin/hydrant.h"

int plugin_put_item(const struct hydrant_host *host, const char *table,
                    struct hydrant_bytes item_json, struct hydrant_answer *ret_answer);

size_t plugin_put_items(const struct hydrant_host *host, const char *table,
                        const struct hydrant_bytes *items_json, size_t count,
                        struct hydrant_answer *ret_answers);

#endif
