/* A length read, written in milliseconds and read again is the same; so is a moment in text. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "emulator/base/dates.h"
#include "emulator/base/durations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_make(data, size);
    char written[DATE_TEXT_BYTES];
    int64_t ms = -1;
    int64_t again = -1;
    if (durations_parse(text, &ms) == STATUS_OK) {
        FUZZ_CHECK(ms >= 0 && ms <= DURATION_MAX_MS);
        (void)snprintf(written, sizeof(written), "%lldms", (long long)ms);
        FUZZ_CHECK(durations_parse(slice_of(written), &again) == STATUS_OK && again == ms);
    }
    if (durations_parse_moment(text, &ms) == STATUS_OK) {
        FUZZ_CHECK(ms >= 0);
        dates_iso_ms(ms, written);
        FUZZ_CHECK(durations_parse_moment(slice_of(written), &again) == STATUS_OK && again == ms);
    }
    return 0;
}
