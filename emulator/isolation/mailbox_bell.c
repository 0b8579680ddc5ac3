#include "emulator/isolation/mailbox_bell.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "emulator/isolation/mailbox.h"

int mailbox_bell_open(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void mailbox_bell_tell(const struct mailbox *mailbox, enum mailbox_word word)
{
    _Atomic uint32_t *at = mailbox_word_to_helper(mailbox);
    atomic_store(at, (uint32_t)word);
    (void)syscall(SYS_futex, at, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* The helper may have made the bell a blocking one: RWF_NOWAIT does not care. */
enum mailbox_word mailbox_bell_take(const struct mailbox *mailbox, int bell)
{
    uint64_t rings = 0;
    struct iovec into = {.iov_base = &rings, .iov_len = sizeof(rings)};
    (void)!preadv2(bell, &into, 1, -1, RWF_NOWAIT);
    return (enum mailbox_word)atomic_exchange(mailbox_word_to_daemon(mailbox), 0);
}

void mailbox_bell_ring(const struct mailbox *mailbox, int bell, enum mailbox_word word)
{
    uint64_t once = 1;
    atomic_store(mailbox_word_to_daemon(mailbox), (uint32_t)word);
    (void)!write(bell, &once, sizeof(once));
}

enum mailbox_word mailbox_bell_hear(const struct mailbox *mailbox)
{
    _Atomic uint32_t *at = mailbox_word_to_helper(mailbox);
    uint32_t word = 0;
    while ((word = atomic_exchange(at, 0)) == 0)
        (void)syscall(SYS_futex, at, FUTEX_WAIT, 0, NULL, NULL, 0);
    return (enum mailbox_word)word;
}
