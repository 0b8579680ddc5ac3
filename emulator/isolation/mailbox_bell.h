/*
 * mailbox_bell.h -- whose turn it is: a word in the mailbox, and something that wakes who waits for
 * it.
 *
 *     daemon --word, futex--> helper      the helper sleeps on the word itself
 *     helper --word, eventfd-> daemon     the daemon's loop waits for many
 *
 * (Both wake the other without waiting for the waker to sleep, as a socket or a pipe would: that
 * halves the time of a batch.) One word at a time: after each of its own a helper waits for the
 * daemon's, so a bell without a word is no helper's of ours. Nothing the helper does to the bell
 * makes the daemon wait.
 */
#ifndef EMULATOR_ISOLATION_MAILBOX_BELL_H
#define EMULATOR_ISOLATION_MAILBOX_BELL_H

struct mailbox;

enum mailbox_word {
    MAILBOX_NOTHING = 0,

    /* the daemon's */
    MAILBOX_RUN,   /* IN has an invocation */
    MAILBOX_DONE,  /* what was asked for is done: CALLS has the answers, LOG is empty again, ... */
    MAILBOX_LEAVE, /* there will be no more invocations */

    /* the helper's */
    MAILBOX_BEGUN,   /* it is up, and has its first invocation */
    MAILBOX_PUT,     /* CALLS has rows */
    MAILBOX_FULL,    /* LOG has no room for the next line */
    MAILBOX_ANSWERED /* OUT has the outcome */
};

/* The bell: an eventfd. -1 with errno set. */
int mailbox_bell_open(void);

/* ---- the daemon: never waits ------------------------------------------------------------- */

void mailbox_bell_tell(const struct mailbox *mailbox, enum mailbox_word word);

/* The bell has rung: the word, which may be anything; MAILBOX_NOTHING: there is none. */
enum mailbox_word mailbox_bell_take(const struct mailbox *mailbox, int bell);

/* ---- the helper -------------------------------------------------------------------------- */

void mailbox_bell_ring(const struct mailbox *mailbox, int bell, enum mailbox_word word);

/* Wait for the daemon's next word. */
enum mailbox_word mailbox_bell_hear(const struct mailbox *mailbox);

#endif
