/* Every key becomes names a file system takes and none of which leads anywhere else. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "storage/tree_names.h"

static void check_name(const char *name)
{
    size_t len = strlen(name);
    FUZZ_CHECK(len > 0 && len <= TREE_NAME_MAX_BYTES);
    FUZZ_CHECK(strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
    FUZZ_CHECK(strchr(name, '/') == NULL && strcmp(name, "%tmp") != 0);
    FUZZ_CHECK(len == 1 || name[len - 1] != '%');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct tree_path path;
    if (size == 0 || size > 1024 || memchr(data, 0, size) != NULL)
        return 0;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    FUZZ_CHECK(tree_names_make(slice_make(data, size), &arena, &path) == STATUS_OK);
    FUZZ_CHECK(path.count >= 1);
    for (size_t i = 0; i < path.count; i++)
        check_name(path.names[i]);
    arena_clear(&arena);
    return 0;
}
