/*
 * object_bodies.h -- what the files of S3's storage share: rows of bodies. For storage/ only.
 */
#ifndef STORAGE_OBJECT_BODIES_H
#define STORAGE_OBJECT_BODIES_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct body;
struct db;

/* A body of one extent, a blob. */
NODISCARD enum status object_bodies_add(struct db *db, const struct body *body,
                                        int64_t *ret_body_id);

/* The base64 of its eight bytes, big end first; `text` takes 13 bytes. */
void object_bodies_crc64_text(uint64_t crc, char *text);

#endif
