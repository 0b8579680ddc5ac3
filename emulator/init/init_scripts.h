/*
 * init_scripts.h -- the scripts a user wants run with the daemon, and how far they are.
 *
 *     FOLDER/boot.d      before anything is there
 *     FOLDER/start.d     before requests are taken
 *     FOLDER/ready.d     when requests are taken, before "Ready."
 *     FOLDER/shutdown.d  when the daemon is to end, requests still being taken
 *
 * Files called *.sh and *.py, of a stage's folder first and in the order of their names, then those
 * of each folder in it. The names of folders, stages and states, and the order, are LocalStack's
 * (docs.localstack.cloud/references/init-hooks), so that what was written for it runs here.
 */
#ifndef EMULATOR_INIT_INIT_SCRIPTS_H
#define EMULATOR_INIT_INIT_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/status.h"

struct arena;

enum { INIT_SCRIPTS_MAX = 256, INIT_DEPTH_MAX = 8 };

enum init_stage { INIT_BOOT, INIT_START, INIT_READY, INIT_SHUTDOWN, INIT_STAGE_COUNT };

/*
 *     UNKNOWN --started--> RUNNING --exit code 0--> SUCCESSFUL
 *        |                    +------anything else--> ERROR
 *        +---could not be started------------------->
 */
enum init_state { INIT_UNKNOWN, INIT_RUNNING, INIT_SUCCESSFUL, INIT_ERROR };

struct init_script {
    enum init_stage stage;
    enum init_state state;
    const char *name; /* of the file, without folders */
    const char *path;
};

struct init_scripts {
    struct init_script items[INIT_SCRIPTS_MAX]; /* in the order they run, stage by stage */
    size_t count;
    bool is_completed[INIT_STAGE_COUNT];
};

/*
 * Look through the folders; one that is not there has no scripts. Texts are in the arena. Blocking.
 * STATUS_TOO_LARGE: there are more than INIT_SCRIPTS_MAX, or they are nested deeper than
 * INIT_DEPTH_MAX; `*ret_where` is the folder in question, also of every other error.
 */
NODISCARD enum status init_scripts_find(const char *const *folders, size_t folder_count,
                                        struct arena *arena, struct init_scripts *scripts,
                                        const char **ret_where);

/* "READY"; "ready.d"; "SUCCESSFUL". */
const char *init_stage_name(enum init_stage stage);
const char *init_stage_folder(enum init_stage stage);
const char *init_state_name(enum init_state state);

#endif
