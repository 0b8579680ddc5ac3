/*
 * Any text as a policy of each kind: what is refused has a reason, what is no JSON is refused, and
 * what is taken as a managed policy is taken as an inline one, but no trust policy is either.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "handlers/iam/policy_condition.h"
#include "handlers/iam/policy_document.h"

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)

static enum status check(struct slice text, enum policy_kind kind)
{
    struct arena arena;
    const char *problem = NULL;
    arena_init(&arena, ARENA_BYTES);
    enum status status = policy_document_check(text, kind, &arena, &problem);
    FUZZ_CHECK((status == STATUS_INVALID) == (problem != NULL));
    FUZZ_CHECK(problem == NULL || problem[0] != '\0');
    arena_clear(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make(data, size);
    enum status managed = check(text, POLICY_MANAGED);
    enum status of_inline = check(text, POLICY_INLINE);
    enum status trust = check(text, POLICY_TRUST);
    FUZZ_CHECK(managed != STATUS_OK || of_inline == STATUS_OK);
    FUZZ_CHECK(trust != STATUS_OK || of_inline != STATUS_OK);
    FUZZ_CHECK(policy_document_size(text) <= text.len);
    (void)policy_condition_is_date(text);
    return 0;
}
