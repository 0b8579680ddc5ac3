/*
 * record_id.h -- RecordIds as PutRecord answers them: 224 characters that mean nothing to anybody.
 */
#ifndef HANDLERS_FIREHOSE_RECORD_ID_H
#define HANDLERS_FIREHOSE_RECORD_ID_H

#include <stdint.h>

struct random;
struct text;

#define RECORD_ID_CHARS 224

/*
 * The ids of one request. 128 random bits are drawn for all of them and then stretched: an id
 * has to be unique, not secret, and a request may have 500.
 */
struct record_id_source {
    uint64_t state;
    uint64_t mask;
};

struct record_id_source record_id_source_make(struct random *random);

/* Append the next id. */
void record_id_append(struct record_id_source *source, struct text *out);

#endif
