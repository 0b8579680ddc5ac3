/*
 * config_file.h -- the configuration file.
 *
 *     # a comment, also behind white space
 *     port = 4567
 *     function = likes=/opt/likes.so      (a list: one line per value)
 *
 * One `key = value` a line, white space around both is dropped. A key that stands twice is a
 * mistake, except a list's.
 */
#ifndef EMULATOR_CONFIG_CONFIG_FILE_H
#define EMULATOR_CONFIG_CONFIG_FILE_H

#include "emulator/base/slice.h"

struct arena;
struct config;
struct text;

#define CONFIG_FILE_MAX_BYTES ((size_t)64 * 1024)

/* Read the file and take its values. On failure `problem` names the file and the line. */
NODISCARD enum status config_file_take(struct slice path, struct config *config,
                                       struct arena *arena, struct text *problem);

/* The same from bytes; `path` is for the messages only. */
NODISCARD enum status config_file_take_text(const char *path, struct slice content,
                                            struct config *config, struct arena *arena,
                                            struct text *problem);

#endif
