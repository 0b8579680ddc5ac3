/*
 * replay.c -- runs a fuzz target without libFuzzer: over every file of the given folders, and over
 * every beginning of each, since input that stops early is what parsers get wrong.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_INPUT 65536U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From a block of just that size, so that the address sanitizer sees a read beyond it. */
static void run_one(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int run_file(const char *folder, const char *name)
{
    static uint8_t bytes[LARGEST_INPUT];
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    (void)fclose(file);
    for (size_t len = 0; len <= size; len++)
        run_one(bytes, len);
    return 0;
}

/* How many files it ran; -1 when one could not be read. */
static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        perror(folder);
        return -1;
    }
    int count = 0;
    const struct dirent *entry;
    while (count >= 0 && (entry = readdir(dir)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        if (entry->d_name[0] != '.')
            count = run_file(folder, entry->d_name) == 0 ? count + 1 : -1;
    }
    (void)closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = run_folder(argv[i]);
        if (count == 0)
            (void)fprintf(stderr, "%s: no inputs\n", argv[i]);
        if (count <= 0)
            return 1;
    }
    return argc > 1 ? 0 : 1;
}
