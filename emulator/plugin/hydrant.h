/*
 * hydrant.h -- the public header for record transforms written in C.
 *
 * A transform is a shared object that exports one function, hydrant_plugin_entry(). To Hydrant it
 * is a Lambda function like any other: a name, an ARN, a log group, `aws lambda invoke`. A
 * delivery stream hands it batches of records; it says what becomes of each.
 *
 *     static int transform(void *state, const struct hydrant_host *host,
 *                          const struct hydrant_batch *batch)
 *     {
 *         for (size_t i = 0; i < batch->record_count; i++)
 *             host->emit(host, i, HYDRANT_OK, hydrant_record(batch, i)->data);
 *         return 0;
 *     }
 *
 *     static const struct hydrant_plugin plugin = HYDRANT_PLUGIN(.transform = transform);
 *
 *     HYDRANT_EXPORT const struct hydrant_plugin *hydrant_plugin_entry(void)
 *     {
 *         return &plugin;
 *     }
 *
 *     cc -shared -fPIC -O2 -I<folder of this header> mine.c -o mine.so
 *
 * The header needs C11 and nothing else; the shared object links to nothing of Hydrant's. What
 * Hydrant offers comes in as a table of functions.
 *
 * Versions. The major number of both sides must be equal; the plugin's minor number must not be
 * above Hydrant's. Every structure begins with its size and only ever grows at the end: a
 * member is there when it lies within `size`.
 *
 * Threads. All calls into one plugin come one at a time, each from some worker thread, never
 * from Hydrant's event loop and not always from the same thread: keep no thread-local state.
 * The functions of `hydrant_host` may be called only from inside the call that was given the host,
 * on its thread. They may block for a moment (put_item and put_items do), never for long.
 *
 * Memory. Each side frees what it allocated. What Hydrant hands in is read-only and valid until
 * the call returns. What the plugin hands to a host function is copied before that returns.
 *
 * Crashes and time. The plugin shares Hydrant's process: a crash in it ends both. It cannot be
 * killed either: when the function's Timeout has passed, the invocation is answered with Lambda's
 * timeout error at once, and the function takes no further work until the call has returned.
 * Ask remaining_ms() in long loops. With the function's variable HYDRANT_ISOLATION=worker the same
 * plugin runs in a process of its own: what ends that, or lasts too long, is an error of the batch.
 */
#ifndef HYDRANT_H
#define HYDRANT_H

#include <stddef.h>
#include <stdint.h>

#define HYDRANT_ABI_MAJOR 1
#define HYDRANT_ABI_MINOR 3

#if defined(__GNUC__)
#define HYDRANT_EXPORT __attribute__((visibility("default")))
#else
#define HYDRANT_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A run of bytes, not NUL-terminated. */
struct hydrant_bytes {
    const void *ptr;
    size_t len;
};

/* What becomes of a record. Firehose's words: Ok, Dropped, ProcessingFailed. */
enum hydrant_result {
    HYDRANT_OK = 0,      /* deliver the data given with it */
    HYDRANT_DROPPED = 1, /* deliver nothing, on purpose */
    HYDRANT_FAILED = 2   /* the original record goes to the error output */
};

/* What emit() answers. */
enum hydrant_status {
    HYDRANT_DONE = 0,
    HYDRANT_BAD_INDEX = -1,  /* the batch has no such record */
    HYDRANT_BAD_RESULT = -2, /* none of enum hydrant_result */
    HYDRANT_NO_MEMORY = -3,
    HYDRANT_NOT_NOW = -4 /* not inside transform(), or the invocation has timed out */
};

enum hydrant_level { HYDRANT_DEBUG, HYDRANT_INFO, HYDRANT_WARNING, HYDRANT_ERROR };

/* One record. Raw bytes, not base64. */
struct hydrant_record {
    uint32_t size;
    uint32_t reserved; /* 0 */
    struct hydrant_bytes record_id;
    struct hydrant_bytes data;
    int64_t arrival_ms; /* milliseconds since the epoch, the sandbox's time */

    /* Since 1.1, of streams that read a Kinesis stream; empty otherwise. */
    struct hydrant_bytes partition_key;
    struct hydrant_bytes sequence_number; /* decimal digits */
    struct hydrant_bytes shard_id;        /* "shardId-000000000000" */
};

/* The texts are NUL-terminated and never NULL; empty when not known. */
struct hydrant_batch {
    uint32_t size;
    uint32_t record_size;      /* from one record to the next: use hydrant_record() */
    const char *request_id;    /* Lambda's, as in the START line of the log */
    const char *invocation_id; /* Firehose's: new for every attempt */
    const char *delivery_stream_arn;
    const char *region;
    const char *function_name;
    const void *records;
    size_t record_count;
};

/* The answer of an AWS call. Set `size` before the call. Valid until transform() returns. */
struct hydrant_answer {
    uint32_t size;
    int32_t http_status;       /* 200, 400, ...; 0 when the call was not made */
    struct hydrant_bytes body; /* JSON: the operation's output or the error */
    const char *error;         /* "Code: message", NUL-terminated; empty when all went well */
};

struct hydrant_host {
    uint32_t size;
    uint16_t abi_major;
    uint16_t abi_minor;

    /*
     * Memory that lives until the present call returns; 16-byte aligned, not zeroed, never to be
     * freed. NULL beyond the function's MemorySize.
     */
    void *(*alloc)(const struct hydrant_host *host, size_t size);

    /*
     * Write to the function's log stream. Each line of `text` becomes one event, the first with
     * [DEBUG], [WARNING] or [ERROR] in front unless the level is HYDRANT_INFO; with the function's
     * LogFormat JSON, `text` as a whole becomes the "message" of one. What is not UTF-8 is replaced
     * by U+FFFD. `text` is copied.
     */
    void (*log)(const struct hydrant_host *host, enum hydrant_level level, const char *text,
                size_t len);

    /*
     * Say what becomes of record `index`; once for each record, in any order. `data` counts for
     * HYDRANT_OK and is copied unless it is the record's own data. A record never emitted
     * fails with Lambda.MissingRecordId, one emitted twice with Lambda.DuplicatedRecordId.
     */
    enum hydrant_status (*emit)(const struct hydrant_host *host, size_t index,
                                enum hydrant_result result, struct hydrant_bytes data);

    /*
     * DynamoDB's PutItem into `table`. `item_json` is the item as DynamoDB's JSON writes it:
     * {"id":{"S":"1"}}. Waits for the answer and gives its HTTP status, 0 when the call was not
     * made (then answer->error says why). `ret_answer` may be NULL.
     */
    int (*put_item)(const struct hydrant_host *host, const char *table,
                    struct hydrant_bytes item_json, struct hydrant_answer *ret_answer);

    /* The sandbox's time: milliseconds since the epoch. A test may have moved it. */
    int64_t (*now_ms)(const struct hydrant_host *host);

    /* Real milliseconds until the function's Timeout; never negative. */
    int64_t (*remaining_ms)(const struct hydrant_host *host);

    /* A variable of the function's environment; NULL when not set. Not the process's. */
    const char *(*env)(const struct hydrant_host *host, const char *name);

    /*
     * Name the error for a call that is about to return non-zero: Lambda's errorType and
     * errorMessage, UTF-8 of at most 256 KiB; NULL for a general one. Both are copied; the last
     * call counts.
     */
    void (*fail)(const struct hydrant_host *host, const char *type, const char *message);

    /*
     * Since 1.2. Give record `index` a partition key, for the delivery stream's Prefix
     * !{partitionKeyFromLambda:name}: up to 50, before or after emit(). Name and value are copied.
     */
    enum hydrant_status (*emit_partition)(const struct hydrant_host *host, size_t index,
                                          const char *name, struct hydrant_bytes value);

    /*
     * Since 1.3. put_item() for `count` rows of one table, several times as fast as one by one.
     * Each row is put on its own, in the order given: one that is refused leaves the others alone.
     * Returns how many were put. `ret_answers`, one for each, may be NULL; the size of the first
     * counts for all.
     */
    size_t (*put_items)(const struct hydrant_host *host, const char *table,
                        const struct hydrant_bytes *items_json, size_t count,
                        struct hydrant_answer *ret_answers);
};

struct hydrant_plugin {
    uint32_t size;
    uint16_t abi_major;
    uint16_t abi_minor;
    const char *name; /* for messages; may be NULL */

    /*
     * Called once after loading, before the first batch; may be NULL. *ret_state is handed to every
     * later call. Non-zero fails the invocation that caused the loading; emit() and put_item() are
     * not available yet.
     */
    int (*init)(const struct hydrant_host *host, void **ret_state);

    /* Handle a batch. Non-zero fails all of it: Firehose will send it again. Not NULL. */
    int (*transform)(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch);

    /* Called once before unloading, when init() succeeded; may be NULL. */
    void (*fini)(void *state);
};

/* Fills in the first members of a struct hydrant_plugin. */
#define HYDRANT_PLUGIN(...)                                                    \
    {                                                                          \
        .size = sizeof(struct hydrant_plugin), .abi_major = HYDRANT_ABI_MAJOR, \
        .abi_minor = HYDRANT_ABI_MINOR, __VA_ARGS__                            \
    }

/* The one symbol a plugin exports. Static memory; called from any thread. */
HYDRANT_EXPORT const struct hydrant_plugin *hydrant_plugin_entry(void);

/* Record `index` of a batch, below batch->record_count. */
static inline const struct hydrant_record *hydrant_record(const struct hydrant_batch *batch,
                                                          size_t index)
{
    const char *records = (const char *)batch->records;
    return (const struct hydrant_record *)(const void *)(records + index * batch->record_size);
}

/* Bytes of a NUL-terminated text. */
static inline struct hydrant_bytes hydrant_text(const char *text)
{
    struct hydrant_bytes bytes = {text, 0};
    while (text[bytes.len] != '\0')
        bytes.len++;
    return bytes;
}

#ifdef __cplusplus
}
#endif

#endif
