/*
 * lambda_internal.h -- what the files of the engine share. For emulator/lambda only.
 *
 * A slot is a function's place in the registry: its loaded instance and who waits for it. Slots
 * are made at the first invocation (stored functions) or when a file is added, and go when the
 * function is deleted. While `is_busy` the instance belongs to a worker.
 */
#ifndef EMULATOR_LAMBDA_LAMBDA_INTERNAL_H
#define EMULATOR_LAMBDA_LAMBDA_INTERNAL_H

#include "emulator/base/list.h"
#include "emulator/lambda/api_gate.h"
#include "emulator/lambda/function_command.h"
#include "emulator/lambda/invocation_log.h"
#include "emulator/lambda/invoke.h"
#include "emulator/lambda/lambda_engine.h"
#include "emulator/lambda/runtime_api.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/worker.h"
#include "emulator/transform/runtime_plugin.h"
#include "storage/function_store.h"

struct json;
struct plugin_backend;
struct plugin_file;

#define LAMBDA_FILE_TIMEOUT_S 60
#define LAMBDA_LAYERS_FOLDER ".layers" /* layer_folder.h */
#define LAMBDA_OPT_FOLDER ".opt"
#define LAMBDA_RESET_MESSAGE "the sandbox was reset meanwhile"
#define LAMBDA_FILE_MEMORY_MB 128

/* YYYY/MM/DD/[version]<32 hex>, new for every instance. */
#define LAMBDA_LOG_STREAM_BYTES 96

struct lambda_engine {
    struct lambda_engine_options options;
    char *functions_folder; /* owned, absolute */
    char *copy_folder;      /* owned: private copies of loaded objects */
    char *account;          /* owned */
    struct list slots;
    size_t slot_count;
    size_t busy;                       /* workers inside plugins or packages, and callers waiting */
    struct lambda_invocation *refused; /* chained by engine_part; answered by `refuse` */
    struct loop_task refuse;

    /* processes (process_pool.h) */
    size_t process_count;
    bool is_stopping;
    struct function_command_settings command;
    char *bootstrap_folder; /* owned; `command` borrows it */
    char *temporary_folder; /* owned: one folder in it for each process */
    uint64_t trashed;

    /* removing old code (lambda_sweep.c) */
    char *trash_folder; /* owned */
    struct loop_timer sweep_timer;
    struct worker_job sweep_job;
    bool is_sweeping;
};

struct function_process;

/* How a file function gets from a changed file to its next invocation (lambda_files.c). */
struct lambda_reload {
    struct worker_job job;
    struct plugin_file *file; /* what the worker loaded */
    enum status status;
    char reason[LAMBDA_REASON_BYTES];
    bool is_running;
    bool is_asked_again; /* the file changed while a reload ran */
};

struct lambda_slot {
    struct list link;
    struct lambda_engine *engine;
    struct slice account; /* these live behind the slot */
    struct slice region;  /* empty: a file function, in every region */
    struct slice name;    /* of a version: "name:1" */

    struct plugin_instance instance;
    char revision_id[64];                     /* what the instance was loaded for */
    char log_stream[LAMBDA_LOG_STREAM_BYTES]; /* the instance's */
    struct lambda_run *running;               /* of the worker; NULL while it only unloads */
    bool is_busy;
    bool is_stuck;       /* busy with an invocation that has timed out */
    bool is_deleted;     /* to be freed when idle */
    struct list waiting; /* struct lambda_run */
    size_t waiting_count;
    struct worker_job unload;

    /* functions that run in processes (process_pool.h) */
    struct list processes;
    size_t process_count;
    unsigned folders_used;     /* process_folder.h: a bit for each place a process has */
    unsigned folders_made;     /* ... and for each folder that is there */
    char folders_revision[64]; /* whose they are */
    char session_key[32];      /* of the newest session of the role (function_keys.h); "": none */

    /* file functions */
    char *file_path;          /* owned; NULL for stored functions */
    struct plugin_file *next; /* owned: loaded, to be used by the next invocation */
    struct loop_file_watch *watch;
    struct loop_timer settle; /* a file is written in several steps: wait for the last */
    struct lambda_reload reload;
};

/* Where a function runs. */
enum lambda_place {
    LAMBDA_HERE,     /* a C transform, in our process, on a worker */
    LAMBDA_ISOLATED, /* a C transform, in a helper */
    LAMBDA_RUNTIME   /* anything else, in a process on the Runtime API */
};

/* One invocation from lambda_invoke() until its worker is back. */
struct lambda_run {
    struct list link; /* in slot->waiting */
    struct lambda_slot *slot;
    struct lambda_invocation *invocation; /* borrowed; NULL once answered */
    struct function_row row;              /* in run.arena */
    enum lambda_place place;
    bool must_unload;                 /* the instance is of an older revision */
    struct plugin_file *next;         /* owned: takes the place of the instance's file */
    struct function_process *process; /* it runs in; NULL: in ours */
    struct worker_job job;
    struct loop_timer timeout;
    struct invocation_log log;
    struct api_gate gate;           /* of a run in our process */
    const struct json *environment; /* object of strings, or NULL */
    bool clock_is_real;             /* the sandbox's time moves by itself, from run.now_ms on */
    struct plugin_run run;
};

/* What a transform in our process gets from us (lambda_backend.c). */
extern const struct plugin_backend lambda_backend;

/* folder/name on the heap; NULL when out of memory. */
char *lambda_path_join(const char *folder, const char *name);

/* What processes need: our bootstraps as files, a place for their temporary ones. */
NODISCARD enum status lambda_runtimes_init(struct lambda_engine *engine);
void lambda_runtimes_close(struct lambda_engine *engine);

/* What is to be removed moves away at once, and is removed by the next sweep. */
void lambda_trash(struct lambda_engine *engine, const char *path);

/* Sweep once, at start; stop sweeping. */
NODISCARD enum status lambda_sweep_init(struct lambda_engine *engine);
void lambda_sweep_close(struct lambda_engine *engine);

/* NULL when there is none. */
struct lambda_slot *lambda_slot_find(struct lambda_engine *engine, struct slice account,
                                     struct slice region, struct slice name);

/* NULL when out of memory or above LAMBDA_FUNCTIONS_MAX. */
struct lambda_slot *lambda_slot_create(struct lambda_engine *engine, struct slice account,
                                       struct slice region, struct slice name);

/* How many invocations of a function, all its versions together, run or wait. */
int64_t lambda_slot_in_flight(const struct lambda_engine *engine, const struct function_row *row);

/* Is it this function's, of whatever version? */
bool lambda_slot_is_of(const struct lambda_slot *slot, struct slice account, struct slice region,
                       struct slice name);

/* Unload and free an idle slot nobody waits for. The unloading runs on this thread. */
void lambda_slot_destroy(struct lambda_slot *slot);

/* The slot is idle: start who waits next, or let go of a deleted function. */
void lambda_slot_next(struct lambda_slot *slot);

/* Copy what the worker needs of the caller's and the function's (lambda_run.c). */
NODISCARD enum status lambda_run_fill(struct lambda_run *run);

/* Of the function's role, without its path. */
struct slice lambda_run_role_name(const struct lambda_run *run);

/* Whether the slot's instance still fits; what is to be done on the worker if not. */
void lambda_run_choose_instance(struct lambda_run *run);

/* The run will not happen: what it was to load or unload is left to the next one. */
void lambda_run_leave_instance(struct lambda_run *run);

/* Where it will run; `tags` are those of the function, which stand in the row of $LATEST. */
NODISCARD enum status lambda_run_choose_place(struct lambda_run *run,
                                              const struct lambda_engine *engine,
                                              struct slice tags);

/* The slot can take it: start it (lambda_invoke.c). */
void lambda_run_start(struct lambda_run *run);

/* The run's results go to its caller, whose `done` runs now (lambda_answer.c). */
void lambda_run_complete(struct lambda_run *run);

/* The caller is answered, the run goes on without one (lambda_answer.c). */
void lambda_run_answer_timed_out(struct lambda_run *run);

void lambda_run_free(struct lambda_run *run);

/* Answer on a later turn; `why` is static (lambda_answer.c). */
void lambda_refuse(struct lambda_engine *engine, struct lambda_invocation *invocation,
                   enum lambda_outcome outcome, struct slice why);

void lambda_log_stream_name(struct lambda_engine *engine, const char *version, char *name);

/* Answer whoever waits for the slot: `why` is static (lambda_answer.c). */
void lambda_slot_refuse_waiting(struct lambda_slot *slot, enum lambda_outcome outcome,
                                const char *why);

/* One that lambda_invoke() refused, on the turn after (lambda_answer.c). */
void lambda_invocation_refused(struct lambda_engine *engine, struct lambda_invocation *invocation);

/* A file function's configuration. */
NODISCARD enum status lambda_file_row(const struct lambda_slot *slot, struct slice region,
                                      struct arena *arena, struct function_row *ret_row);

/* Stop watching; the slot's file parts are released. Safe on slots of stored functions. */
void lambda_file_close(struct lambda_slot *slot);

#endif
