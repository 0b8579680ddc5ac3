#include "emulator/isolation/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/arena.h"

#define MIB ((size_t)1024 * 1024)
#define HEAD_BYTES ((size_t)4096)
#define KEEP_BYTES (2 * MIB) /* what an idle mailbox may hold on to, for each area */

struct mailbox_head {
    _Atomic uint64_t bytes[MAILBOX_AREAS];
    _Atomic uint32_t word_to_helper; /* a futex */
    _Atomic uint32_t word_to_daemon;
};

/* Room for what in-process transforms may do, and a bit. Whole pages. */
static const size_t rooms[MAILBOX_AREAS] = {
    [MAILBOX_LOG] = 2 * MIB,  [MAILBOX_CALLS] = 4 * MIB, [MAILBOX_IN] = 16 * MIB,
    [MAILBOX_KEPT] = 8 * MIB, [MAILBOX_OUT] = 16 * MIB,
};

static size_t offset_of(enum mailbox_area area)
{
    size_t offset = HEAD_BYTES;
    for (unsigned i = 0; i < (unsigned)area; i++)
        offset += rooms[i];
    return offset;
}

static size_t whole(void)
{
    return offset_of(MAILBOX_OUT) + rooms[MAILBOX_OUT];
}

static enum status map(struct mailbox *mailbox)
{
    void *at = mmap(NULL, whole(), PROT_READ | PROT_WRITE, MAP_SHARED, mailbox->file, 0);
    if (at == MAP_FAILED)
        return status_from_errno(errno);
    mailbox->head = at;
    return STATUS_OK;
}

enum status mailbox_create(struct mailbox *ret_mailbox)
{
    struct mailbox mailbox = {.file = memfd_create("hydrant", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (mailbox.file < 0)
        return status_from_errno(errno);
    enum status status = STATUS_OK;
    if (ftruncate(mailbox.file, (off_t)whole()) != 0 ||
        fcntl(mailbox.file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        status = status_from_errno(errno);
    if (status == STATUS_OK)
        status = map(&mailbox);
    if (status == STATUS_OK)
        *ret_mailbox = mailbox;
    else
        (void)close(mailbox.file);
    return status;
}

enum status mailbox_attach(int file, struct mailbox *ret_mailbox)
{
    struct mailbox mailbox = {.file = file};
    struct stat info;
    if (fstat(file, &info) != 0 || info.st_size != (off_t)whole())
        return STATUS_INVALID;
    enum status status = map(&mailbox);
    if (status == STATUS_OK)
        *ret_mailbox = mailbox;
    return status;
}

void mailbox_close(struct mailbox *mailbox)
{
    if (mailbox->head == NULL)
        return;
    (void)munmap(mailbox->head, whole());
    (void)close(mailbox->file);
    mailbox->head = NULL;
}

char *mailbox_at(const struct mailbox *mailbox, enum mailbox_area area)
{
    return (char *)mailbox->head + offset_of(area);
}

size_t mailbox_room(enum mailbox_area area)
{
    return rooms[area];
}

_Atomic uint32_t *mailbox_word_to_helper(const struct mailbox *mailbox)
{
    return &mailbox->head->word_to_helper;
}

_Atomic uint32_t *mailbox_word_to_daemon(const struct mailbox *mailbox)
{
    return &mailbox->head->word_to_daemon;
}

void mailbox_set_bytes(const struct mailbox *mailbox, enum mailbox_area area, size_t bytes)
{
    atomic_store_explicit(&mailbox->head->bytes[area], bytes, memory_order_release);
}

size_t mailbox_bytes(const struct mailbox *mailbox, enum mailbox_area area)
{
    uint64_t bytes = atomic_load_explicit(&mailbox->head->bytes[area], memory_order_acquire);
    return bytes < rooms[area] ? (size_t)bytes : rooms[area];
}

enum status mailbox_snapshot(const struct mailbox *mailbox, enum mailbox_area area, size_t start,
                             struct arena *arena, struct slice *ret_copy)
{
    size_t bytes = mailbox_bytes(mailbox, area);
    size_t len = start < bytes ? bytes - start : 0;
    return arena_copy(arena, slice_make(mailbox_at(mailbox, area) + (bytes - len), len), ret_copy);
}

void mailbox_empty(const struct mailbox *mailbox)
{
    for (unsigned i = 0; i < MAILBOX_AREAS; i++) {
        enum mailbox_area area = (enum mailbox_area)i;
        if (mailbox_bytes(mailbox, area) > KEEP_BYTES)
            (void)fallocate(mailbox->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                            (off_t)offset_of(area), (off_t)rooms[area]);
        mailbox_set_bytes(mailbox, area, 0);
    }
}
