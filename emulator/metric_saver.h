/*
 * metric_saver.h -- when a sandbox's measurements (handlers/cloudwatch/metric_reader.h) are
 * written.
 *
 * Not in every commit, which would make each small request pay for them, but METRIC_SAVER_DELAY_MS
 * after the first one not yet written, before somebody reads them, and when the daemon stops. A
 * killed daemon, or a group that could not be committed, loses that moment of measurements
 * and nothing else. No timer runs while nothing is measured.
 *
 *     NOTHING --measured--> WAITING --timer--> DUE --next commit--> NOTHING
 *
 * Embed it; loop thread.
 */
#ifndef EMULATOR_METRIC_SAVER_H
#define EMULATOR_METRIC_SAVER_H

#include "emulator/loop/loop.h"

struct metric_reader;

#define METRIC_SAVER_DELAY_MS 250

enum metric_saver_state { METRIC_SAVER_NOTHING, METRIC_SAVER_WAITING, METRIC_SAVER_DUE };

struct metric_saver {
    struct loop *loop;            /* borrowed */
    struct metric_reader *reader; /* borrowed */
    struct loop_timer timer;
    enum metric_saver_state state;
};

void metric_saver_init(struct metric_saver *saver, struct loop *loop, struct metric_reader *reader);

/* Before the reader is closed. Safe on a zeroed one. */
void metric_saver_close(struct metric_saver *saver);

/* Between units, before each commit: write what is due. */
void metric_saver_turn(struct metric_saver *saver);

/* Between units: write everything now. The next commit makes it last. */
void metric_saver_settle(struct metric_saver *saver);

#endif
