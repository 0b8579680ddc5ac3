/*
 * config.h -- what a person can set about the daemon, as plain data.
 *
 * One table (settings.c) holds every setting: its flag, its environment variable, its default
 * and its line of help. Values come from, the stronger first:
 *
 *     --port 4567  >  HYDRANT_PORT=4567  >  "port = 4567" in the --config file  >  default
 *
 * Everything a struct config points to lives in the arena it was loaded into.
 */
#ifndef EMULATOR_CONFIG_CONFIG_H
#define EMULATOR_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct arena;
struct text;

#define CONFIG_LIST_MAX 256

/* In the order of storage/db.h's enum db_durability. */
enum config_durability {
    CONFIG_DURABILITY_NONE,
    CONFIG_DURABILITY_NORMAL,
    CONFIG_DURABILITY_POWER
};

enum config_isolation { CONFIG_ISOLATION_NONE, CONFIG_ISOLATION_WORKER };

enum config_log_format { CONFIG_LOG_TEXT, CONFIG_LOG_JSON };

/* In the order of emulator/loop/sim_clock.h's enum sim_clock_mode. */
enum config_clock { CONFIG_CLOCK_REAL, CONFIG_CLOCK_FROZEN, CONFIG_CLOCK_AUTO };

enum config_in_place_of { CONFIG_IN_PLACE_OF_NOTHING, CONFIG_IN_PLACE_OF_LOCALSTACK };

enum config_quotas { CONFIG_QUOTAS_NONE, CONFIG_QUOTAS_AWS };

/* The values of a setting that may be given several times, in that order. */
struct config_list {
    const char **items;
    size_t count;
};

struct config {
    const char *host;
    int64_t port;                     /* 0: any free one */
    const char *data;                 /* folder of the sandboxes; not used when ephemeral */
    bool ephemeral;                   /* a temporary folder in place of `data`, removed at exit */
    int durability;                   /* enum config_durability */
    int log_level;                    /* enum log_level */
    int log_format;                   /* enum config_log_format */
    int64_t ready_fd;                 /* descriptor that gets the URL when it serves; 0: none */
    const char *port_file;            /* file that gets the port while it serves; NULL: none */
    struct config_list allowed_hosts; /* further names of this machine */
    const char *account;
    const char *region;
    struct config_list functions; /* NAME=path.so */
    struct config_list init;      /* folders of scripts to run with the daemon */
    int isolation;                /* enum config_isolation: of C transforms that do not say */
    const char *python;           /* interpreters of functions; NULL: looked for on the PATH */
    const char *node;
    const char *function_user; /* of functions' processes; NULL: nobody, for root */
    int64_t stream_create_ms;  /* how long a delivery stream stays CREATING */
    int64_t stream_delete_ms;  /* ... and DELETING */
    int64_t stream_encrypt_ms; /* ... and ENABLING or DISABLING */
    int64_t lambda_pending_ms; /* how long a function stays Pending, an update InProgress */
    int quotas;                /* enum config_quotas */
    int clock;                 /* enum config_clock: how time runs at the start */
    int in_place_of;           /* enum config_in_place_of: whose variables count, too */
    int64_t workers;           /* threads */
};

/* The value of an environment variable, NULL when it is not set. As getenv(). */
typedef const char *config_env_fn(void *owner, const char *name);

/* Where values come from besides the file, which --config or HYDRANT_CONFIG names. */
struct config_sources {
    int argc; /* flags only, without program and command */
    const char *const *argv;
    config_env_fn *env;
    void *env_owner;
};

/*
 * Put all sources together. A setting or value that cannot be is STATUS_INVALID, and a file that
 * cannot be read the status of that; `problem` (initialised by the caller) then says what and
 * where, in one line.
 */
NODISCARD enum status config_load(struct config *config, struct arena *arena,
                                  const struct config_sources *sources, struct text *problem);

/*
 * Of two configurations: take over from `fresh` what a running daemon can change, and name the
 * others that differ, with a space before each. For SIGHUP.
 */
void config_take_over(struct config *running, const struct config *fresh, struct text *kept);

/* The settings as --help shows them, one or two lines each. */
void config_help(struct text *out);

#endif
