/*
 * A transform that does with each record what the record says: "drop", "fail", "leave out",
 * "twice", "upper" (in capitals), "log" (many lines), "big" (7 MB), "put" (a row into the
 * table "words"), "put many" (150 of them, one empty, one named "refused"), "crash",
 * "overflow" (of the stack), "env" (the variable
 * WORD), "time" (the sandbox's time), "origin" (its place in a Kinesis stream), "part x" (with the
 * partition key "word" and the value "x") or anything else (unchanged).
 */
#include <hydrant.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is(struct hydrant_bytes data, const char *word)
{
    return data.len == strlen(word) && memcmp(data.ptr, word, data.len) == 0;
}

static struct hydrant_bytes in_capitals(const struct hydrant_host *host, struct hydrant_bytes data)
{
    char *copy = host->alloc(host, data.len);
    const char *from = data.ptr;
    for (size_t i = 0; copy != NULL && i < data.len; i++)
        copy[i] = from[i] >= 'a' && from[i] <= 'z' ? (char)(from[i] - 32) : from[i];
    return (struct hydrant_bytes){copy, copy != NULL ? data.len : 0};
}

static struct hydrant_bytes big(const struct hydrant_host *host)
{
    const size_t len = (size_t)7 * 1024 * 1024;
    char *bytes = host->alloc(host, len);
    if (bytes != NULL)
        memset(bytes, 'b', len);
    return (struct hydrant_bytes){bytes, bytes != NULL ? len : 0};
}

static struct hydrant_bytes put(const struct hydrant_host *host)
{
    struct hydrant_answer answer = {.size = sizeof(answer)};
    char *text = host->alloc(host, 512);
    int status = host->put_item(host, "words", hydrant_text("{\"word\":{\"S\":\"put\"}}"), &answer);
    if (text == NULL)
        return (struct hydrant_bytes){NULL, 0};
    (void)snprintf(text, 512, "%d %d %s", status, (int)answer.http_status, answer.error);
    return hydrant_text(text);
}

#define MANY 150

static struct hydrant_bytes make_row(const struct hydrant_host *host, int number)
{
    char *text = host->alloc(host, 64);
    if (text == NULL || number == 7)
        return (struct hydrant_bytes){NULL, 0};
    (void)snprintf(text, 64, "{\"word\":{\"S\":\"%d%s\"}}", number,
                   number == 100 ? " refused" : "");
    return hydrant_text(text);
}

static struct hydrant_bytes put_many(const struct hydrant_host *host)
{
    struct hydrant_bytes items[MANY];
    struct hydrant_answer answers[MANY] = {{.size = sizeof(answers[0])}};
    char *text = host->alloc(host, 1024);
    for (int i = 0; i < MANY; i++)
        items[i] = make_row(host, i);
    size_t put = host->put_items(host, "words", items, MANY, answers);
    if (text == NULL || answers[149].body.ptr == NULL)
        return (struct hydrant_bytes){NULL, 0};
    (void)snprintf(text, 1024, "%zu put\n7: %d %s\n100: %d %s\n%.*s 149: %d %.*s", put,
                   (int)answers[7].http_status, answers[7].error, (int)answers[100].http_status,
                   answers[100].error, (int)answers[0].body.len, (const char *)answers[0].body.ptr,
                   (int)answers[149].http_status, (int)answers[149].body.len,
                   (const char *)answers[149].body.ptr);
    return hydrant_text(text);
}

static struct hydrant_bytes time_text(const struct hydrant_host *host)
{
    char *text = host->alloc(host, 64);
    if (text == NULL)
        return (struct hydrant_bytes){NULL, 0};
    (void)snprintf(text, 64, "%lld %d", (long long)host->now_ms(host),
                   host->remaining_ms(host) > 0 ? 1 : 0);
    return hydrant_text(text);
}

static struct hydrant_bytes origin_text(const struct hydrant_host *host,
                                        const struct hydrant_record *record)
{
    const struct hydrant_bytes parts[] = {record->shard_id, record->sequence_number,
                                          record->partition_key};
    size_t len = parts[0].len + parts[1].len + parts[2].len;
    char *text = host->alloc(host, len + 3);
    size_t at = 0;
    for (size_t i = 0; text != NULL && i < 3; i++) {
        if (parts[i].len > 0)
            memcpy(text + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
        text[at++] = i < 2 ? ' ' : '\n';
    }
    return (struct hydrant_bytes){text, at};
}

static void log_much(const struct hydrant_host *host)
{
    char line[200];
    memset(line, 'x', sizeof(line));
    for (int i = 0; i < 20000; i++)
        host->log(host, HYDRANT_INFO, line, sizeof(line));
}

/* NOLINTNEXTLINE(misc-no-recursion): that is the point */
static int overflow(volatile int depth)
{
    volatile char block[4096];
    block[0] = (char)depth;
    return depth < 0 ? 0 : overflow(depth + 1) + block[0];
}

static void crash(struct hydrant_bytes data)
{
    volatile int *nowhere = NULL;
    if (is(data, "crash"))
        *nowhere = 1;
    if (is(data, "overflow"))
        (void)overflow(0);
    if (is(data, "abort"))
        abort();
}

static struct hydrant_bytes answer_to(const struct hydrant_host *host,
                                      const struct hydrant_record *record)
{
    struct hydrant_bytes data = record->data;
    if (is(data, "origin"))
        return origin_text(host, record);
    if (is(data, "upper"))
        return in_capitals(host, data);
    if (is(data, "big"))
        return big(host);
    if (is(data, "put"))
        return put(host);
    if (is(data, "put many"))
        return put_many(host);
    if (is(data, "time"))
        return time_text(host);
    if (is(data, "env")) {
        const char *word = host->env(host, "WORD");
        return hydrant_text(word != NULL ? word : "(not set)");
    }
    return data;
}

static void give_key(const struct hydrant_host *host, size_t index, struct hydrant_bytes data)
{
    if (data.len < 5 || memcmp(data.ptr, "part ", 5) != 0)
        return;
    struct hydrant_bytes value = {(const char *)data.ptr + 5, data.len - 5};
    host->emit_partition(host, index, "word", value);
}

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    struct hydrant_bytes nothing = {NULL, 0};
    for (size_t i = 0; i < batch->record_count; i++) {
        struct hydrant_bytes data = hydrant_record(batch, i)->data;
        give_key(host, i, data);
        crash(data);
        if (is(data, "log"))
            log_much(host);
        if (is(data, "leave out"))
            continue;
        if (is(data, "drop"))
            host->emit(host, i, HYDRANT_DROPPED, nothing);
        else if (is(data, "fail"))
            host->emit(host, i, HYDRANT_FAILED, nothing);
        else
            host->emit(host, i, HYDRANT_OK, answer_to(host, hydrant_record(batch, i)));
        if (is(data, "twice"))
            host->emit(host, i, HYDRANT_OK, data);
    }
    if (host->emit(host, batch->record_count, HYDRANT_OK, nothing) != HYDRANT_BAD_INDEX)
        host->log(host, HYDRANT_ERROR, "no record, but no error", 23);
    host->log(host, HYDRANT_WARNING, "two\nlines\n", 10);
    return 0;
}

static const struct hydrant_plugin plugin =
    HYDRANT_PLUGIN(.name = "by_word", .transform = transform);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
