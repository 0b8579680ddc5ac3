/*
 * layer_json.h -- a version of a layer as the API shows it everywhere.
 */
#ifndef HANDLERS_LAMBDA_LAYER_JSON_H
#define HANDLERS_LAMBDA_LAYER_JSON_H

struct call;
struct json_writer;
struct layer_key;
struct layer_row;

/* As members of the object that is open. */
void layer_json_write_members(struct call *call, struct json_writer *w, const struct layer_key *key,
                              const struct layer_row *row);

#endif
