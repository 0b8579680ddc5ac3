/* A file is taken as a whole or refused with one line that names it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/config_file.h"

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define PROBLEM_BYTES ((size_t)1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct arena arena;
    struct text problem;
    memset(&config, 0, sizeof(config));
    arena_init(&arena, ARENA_BYTES);
    text_init(&problem, PROBLEM_BYTES);
    enum status status =
        config_file_take_text("f", slice_make(data, size), &config, &arena, &problem);
    FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID);
    FUZZ_CHECK(problem.status == STATUS_OK);
    FUZZ_CHECK((status == STATUS_OK) == (problem.len == 0));
    FUZZ_CHECK(status == STATUS_OK || slice_starts_with(text_slice(&problem), SLICE("f:")));
    FUZZ_CHECK(config.port >= 0 && config.port <= 65535);
    FUZZ_CHECK(config.functions.count <= CONFIG_LIST_MAX);
    text_close(&problem);
    arena_clear(&arena);
    return 0;
}
