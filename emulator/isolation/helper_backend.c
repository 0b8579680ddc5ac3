#include "emulator/isolation/helper_backend.h"

#include <unistd.h>

#include "emulator/base/json.h"
#include "emulator/base/list.h"
#include "emulator/isolation/isolated_helper.h"
#include "emulator/isolation/isolated_log.h"
#include "emulator/isolation/isolated_outcome.h"
#include "emulator/isolation/isolated_puts.h"
#include "emulator/loop/loop.h"
#include "emulator/transform/plugin_backend.h"

void helper_ask(const struct helper *helper, enum mailbox_word word)
{
    mailbox_bell_ring(&helper->mailbox, ISOLATED_BELL, word);
    if (mailbox_bell_hear(&helper->mailbox) != MAILBOX_DONE)
        _exit(1);
}

static struct helper *helper_of(struct plugin_run *run)
{
    return list_entry(run, struct helper, run);
}

static const struct helper *constant(const struct plugin_run *run)
{
    return list_entry(run, struct helper, run);
}

static int64_t now_ms(const struct plugin_run *run)
{
    int64_t elapsed_us = loop_monotonic_us() - atomic_load(&run->started_us);
    return run->now_ms + (constant(run)->order.clock_is_real ? elapsed_us / 1000 : 0);
}

/* An empty area has room for any entry. */
static void log_entry(struct helper *helper, const struct isolated_log_entry *entry)
{
    while (isolated_log_write(&helper->mailbox, entry, &helper->log_bytes) != STATUS_OK) {
        helper_ask(helper, MAILBOX_FULL);
        helper->log_bytes = 0;
    }
}

static void begin(struct plugin_run *run)
{
    log_entry(helper_of(run), &(struct isolated_log_entry){.is_start = true, .at_ms = now_ms(run)});
}

static void log_lines(struct plugin_run *run, struct slice text)
{
    log_entry(helper_of(run), &(struct isolated_log_entry){.at_ms = now_ms(run), .text = text});
}

static const char *env(const struct plugin_run *run, const char *name)
{
    const struct json *value = json_member(constant(run)->environment, name);
    return json_kind(value) == JSON_STRING ? json_string(value).ptr : NULL;
}

static enum status put_items(struct plugin_run *run, struct plugin_put *puts, size_t count)
{
    const struct helper *helper = constant(run);
    const struct mailbox *mailbox = &helper->mailbox;
    enum status status = isolated_puts_write(mailbox, puts, count);
    if (status != STATUS_OK)
        return status;
    helper_ask(helper, MAILBOX_PUT);
    return isolated_puts_read_answers(mailbox, puts, count);
}

static enum status keep(struct plugin_run *run, struct slice bytes, struct slice *ret_kept)
{
    struct helper *helper = helper_of(run);
    return isolated_outcome_keep(&helper->mailbox, bytes, &helper->kept_bytes, ret_kept);
}

const struct plugin_backend helper_backend = {
    .monotonic_us = loop_monotonic_us,
    .now_ms = now_ms,
    .begin = begin,
    .log = log_lines,
    .env = env,
    .put_items = put_items,
    .puts_max = PLUGIN_PUTS_MAX, /* every lot of them wakes two processes */
    .keep = keep,
};
