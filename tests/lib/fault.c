#include "tests/lib/fault.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define LONGEST_SWEEP 1000000U

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void fault_arm(struct fault *f, unsigned n, bool sticky)
{
    (void)pthread_mutex_lock(&lock);
    *f = (struct fault){.countdown = n, .sticky = sticky};
    (void)pthread_mutex_unlock(&lock);
}

void fault_disarm(struct fault *f)
{
    (void)pthread_mutex_lock(&lock);
    f->countdown = 0;
    f->sticky = false;
    (void)pthread_mutex_unlock(&lock);
}

static bool count_down(struct fault *f)
{
    if (f->countdown == 0)
        return f->fired && f->sticky;
    if (--f->countdown > 0)
        return false;
    f->fired = true;
    return true;
}

bool fault_tick(struct fault *f)
{
    (void)pthread_mutex_lock(&lock);
    bool fails = count_down(f);
    (void)pthread_mutex_unlock(&lock);
    return fails;
}

bool fault_sweep_next(struct fault *f, unsigned n, bool sticky)
{
    if (n > 1 && !f->fired) {
        fault_disarm(f);
        return false;
    }
    if (n > LONGEST_SWEEP) {
        (void)fprintf(stderr, "a fault sweep does not end\n");
        abort();
    }
    fault_arm(f, n, sticky);
    return true;
}
