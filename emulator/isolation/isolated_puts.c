#include "emulator/isolation/isolated_puts.h"

#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/wire.h"
#include "emulator/transform/plugin_backend.h"

static struct wire_writer writer(const struct mailbox *mailbox)
{
    return (struct wire_writer){.ptr = mailbox_at(mailbox, MAILBOX_CALLS),
                                .room = mailbox_room(MAILBOX_CALLS)};
}

enum status isolated_puts_write(const struct mailbox *mailbox, const struct plugin_put *puts,
                                size_t count)
{
    struct wire_writer w = writer(mailbox);
    wire_put_number(&w, (int64_t)count);
    for (size_t i = 0; i < count; i++)
        wire_put_bytes(&w, puts[i].input);
    mailbox_set_bytes(mailbox, MAILBOX_CALLS, w.len);
    return w.is_bad ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status isolated_puts_read(const struct mailbox *mailbox, struct arena *arena,
                               struct plugin_put *puts, size_t *ret_count)
{
    struct wire_reader r = {.is_bad = false};
    enum status status = mailbox_snapshot(mailbox, MAILBOX_CALLS, 0, arena, &r.rest);
    if (status != STATUS_OK)
        return status;
    size_t count = wire_get_count(&r, PLUGIN_PUTS_MAX);
    for (size_t i = 0; i < count; i++)
        puts[i] = (struct plugin_put){.input = wire_get_bytes(&r)};
    if (r.is_bad || count == 0 || r.rest.len > 0)
        return STATUS_INVALID;
    *ret_count = count;
    return STATUS_OK;
}

void isolated_puts_write_answers(const struct mailbox *mailbox, enum status how,
                                 const struct plugin_put *puts, size_t count)
{
    struct wire_writer w = writer(mailbox);
    wire_put_number(&w, how);
    for (size_t i = 0; i < count && how == STATUS_OK; i++) {
        wire_put_number(&w, puts[i].http_status);
        wire_put_bytes(&w, puts[i].output);
    }
    if (w.is_bad) {
        isolated_puts_write_answers(mailbox, STATUS_TOO_LARGE, NULL, 0);
        return;
    }
    mailbox_set_bytes(mailbox, MAILBOX_CALLS, w.len);
}

enum status isolated_puts_read_answers(const struct mailbox *mailbox, struct plugin_put *puts,
                                       size_t count)
{
    struct wire_reader r = {
        .rest = {mailbox_at(mailbox, MAILBOX_CALLS), mailbox_bytes(mailbox, MAILBOX_CALLS)}};
    enum status how = (enum status)wire_get_number(&r);
    if (how != STATUS_OK)
        return how;
    for (size_t i = 0; i < count; i++) {
        puts[i].http_status = (int)wire_get_number(&r);
        puts[i].output = wire_get_bytes(&r);
    }
    return r.is_bad ? STATUS_INVALID : STATUS_OK;
}
