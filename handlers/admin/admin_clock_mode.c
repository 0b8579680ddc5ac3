#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/admin/admin_clock.h"
#include "handlers/admin/admin_errors.h"
#include "handlers/admin/admin_operations.h"

static const struct {
    const char *name;
    enum sim_clock_mode mode;
} modes[] = {
    {"real", SIM_CLOCK_REAL},
    {"frozen", SIM_CLOCK_FROZEN},
    {"auto", SIM_CLOCK_AUTO},
};

#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

const char *admin_clock_mode_name(enum sim_clock_mode mode)
{
    size_t i = 0;
    while (i + 1 < MODE_COUNT && modes[i].mode != mode)
        i++;
    return modes[i].name;
}

static bool find_mode(struct slice name, enum sim_clock_mode *ret_mode)
{
    for (size_t i = 0; i < MODE_COUNT; i++) {
        if (!slice_equal_text(name, modes[i].name))
            continue;
        *ret_mode = modes[i].mode;
        return true;
    }
    return false;
}

/* An advance stands at a timer's due time, which no mode could go on from. */
void admin_set_clock_mode(struct call *call)
{
    static const char *const members[] = {"mode", NULL};
    struct sim_clock *clock = &call->sandbox->clock;
    enum sim_clock_mode mode = SIM_CLOCK_REAL;
    if (!admin_allow_members(call, members))
        return;
    if (!find_mode(json_member_string(call->input, "mode"), &mode)) {
        call_fail(call, &admin_error_invalid_request,
                  "\"mode\" must be \"real\", \"frozen\" or \"auto\".");
        return;
    }
    if (!list_is_empty(&clock->advances)) {
        call_fail(call, &admin_error_conflict, "The clock is being moved; try again after that.");
        return;
    }
    sim_clock_set_mode(clock, mode);
    admin_clock_publish(call->sandbox);
    admin_get_clock(call);
}
