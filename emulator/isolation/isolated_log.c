#include "emulator/isolation/isolated_log.h"

#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/wire.h"

enum status isolated_log_write(const struct mailbox *mailbox,
                               const struct isolated_log_entry *entry, size_t *used)
{
    struct wire_writer w = {.ptr = mailbox_at(mailbox, MAILBOX_LOG) + *used,
                            .room = mailbox_room(MAILBOX_LOG) - *used};
    wire_put_number(&w, entry->is_start);
    wire_put_number(&w, entry->at_ms);
    wire_put_bytes(&w, slice_first(entry->text, ISOLATED_LOG_ENTRY_BYTES));
    if (w.is_bad)
        return STATUS_TOO_LARGE;
    *used += w.len;
    mailbox_set_bytes(mailbox, MAILBOX_LOG, *used); /* from here on it is there */
    return STATUS_OK;
}

enum status isolated_log_read(const struct mailbox *mailbox, struct arena *arena, size_t *taken,
                              void *ctx,
                              void (*take)(void *ctx, const struct isolated_log_entry *entry))
{
    struct wire_reader r = {.is_bad = false};
    enum status status = mailbox_snapshot(mailbox, MAILBOX_LOG, *taken, arena, &r.rest);
    if (status != STATUS_OK)
        return status;
    *taken += r.rest.len;
    while (r.rest.len > 0) {
        struct isolated_log_entry entry;
        entry.is_start = wire_get_flag(&r);
        entry.at_ms = wire_get_number(&r);
        entry.text = wire_get_bytes(&r);
        if (r.is_bad || (!entry.is_start && entry.text.len == 0)) /* nobody logs nothing */
            return STATUS_INVALID;
        take(ctx, &entry);
    }
    return STATUS_OK;
}
