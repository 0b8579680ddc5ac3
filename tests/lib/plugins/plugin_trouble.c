/*
 * A transform that does what it should not when a record says so: "crash", "abort", "exit 3",
 * "exit 0", "loop" (for ever), "eat" (memory), "scribble" (over all it shares with the daemon),
 * "babble" (into all its descriptors). "print" writes to stdout and stderr. Anything else goes on
 * unchanged. At its end it leaves the file that the variable OBITUARY names.
 */
#define _GNU_SOURCE

#include <hydrant.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int is(struct hydrant_bytes data, const char *word)
{
    return data.len == strlen(word) && memcmp(data.ptr, word, data.len) == 0;
}

static void loop(void)
{
    for (volatile unsigned i = 0;; i++) {
    }
}

static void eat(void)
{
    const size_t size = (size_t)1024 * 1024;
    for (int i = 0; i < 2048; i++) {
        char *block = malloc(size);
        if (block == NULL)
            abort();
        for (size_t at = 0; at < size; at += 512)
            ((volatile char *)block)[at] = 1;
        usleep(100);
    }
}

/* Every descriptor that can be mapped for writing. */
static void scribble(void)
{
    for (int file = 3; file < 64; file++) {
        struct stat info;
        if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        size_t size = (size_t)info.st_size;
        void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (at != MAP_FAILED)
            memset(at, 0xff, size);
        (void)!ftruncate(file, 0);
    }
}

static void babble(void)
{
    for (int file = 3; file < 64; file++)
        for (int i = 0; i < 256; i++)
            (void)!write(file, "AAPFBDR?", 8);
}

static void cause_trouble(struct hydrant_bytes data)
{
    volatile int *nowhere = NULL;
    if (is(data, "crash"))
        *nowhere = 1;
    if (is(data, "abort"))
        abort();
    if (is(data, "exit 3"))
        exit(3);
    if (is(data, "exit 0"))
        exit(0);
    if (is(data, "loop"))
        loop();
    if (is(data, "eat"))
        eat();
    if (is(data, "scribble"))
        scribble();
    if (is(data, "babble"))
        babble();
}

static int init(const struct hydrant_host *host, void **ret_state)
{
    const char *file = host->env(host, "OBITUARY");
    *ret_state = file != NULL ? strdup(file) : NULL;
    host->log(host, HYDRANT_INFO, "init", 4);
    return 0;
}

static int transform(void *state, const struct hydrant_host *host,
                     const struct hydrant_batch *batch)
{
    (void)state;
    for (size_t i = 0; i < batch->record_count; i++) {
        struct hydrant_bytes data = hydrant_record(batch, i)->data;
        host->log(host, HYDRANT_INFO, data.ptr, data.len);
        if (is(data, "print")) {
            printf("printed\n");
            fprintf(stderr, "complained\n");
        }
        host->emit(host, i, HYDRANT_OK, data);
        cause_trouble(data);
    }
    return 0;
}

static void fini(void *state)
{
    FILE *file = state != NULL ? fopen(state, "w") : NULL;
    if (file != NULL)
        (void)fclose(file);
    free(state);
}

static const struct hydrant_plugin plugin =
    HYDRANT_PLUGIN(.name = "trouble", .init = init, .transform = transform, .fini = fini);

const struct hydrant_plugin *hydrant_plugin_entry(void)
{
    return &plugin;
}
