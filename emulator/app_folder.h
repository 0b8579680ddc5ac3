/*
 * app_folder.h -- the folder one daemon keeps everything in, and has for itself.
 */
#ifndef EMULATOR_APP_FOLDER_H
#define EMULATOR_APP_FOLDER_H

#include <stdbool.h>

struct arena;
struct config;

struct app_folder {
    const char *path; /* in the arena; NULL: none was taken */
    int lock;
    bool is_ephemeral; /* to be removed at exit */
};

#define APP_FOLDER_NONE ((struct app_folder){.lock = -1})

/* Choose it, make it, lock it. False: said in the log why not. */
bool app_folder_take(struct app_folder *folder, const struct config *config, struct arena *arena);

/* An ephemeral one goes, whatever still uses it. */
void app_folder_remove(const struct app_folder *folder);

/* After everything in it was closed. */
void app_folder_leave(struct app_folder *folder);

#endif
