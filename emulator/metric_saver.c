#include "emulator/metric_saver.h"

#include "handlers/cloudwatch/metric_reader.h"

void metric_saver_init(struct metric_saver *saver, struct loop *loop, struct metric_reader *reader)
{
    *saver = (struct metric_saver){.loop = loop, .reader = reader};
}

void metric_saver_close(struct metric_saver *saver)
{
    if (saver->loop != NULL)
        loop_timer_close(&saver->timer);
    saver->loop = NULL;
}

static void on_timer(struct loop_timer *timer)
{
    list_entry(timer, struct metric_saver, timer)->state = METRIC_SAVER_DUE;
}

/* Without memory for a timer there is no waiting. */
static void wait(struct metric_saver *saver)
{
    enum status status =
        loop_timer_start(saver->loop, &saver->timer, METRIC_SAVER_DELAY_MS, on_timer);
    saver->state = status == STATUS_OK ? METRIC_SAVER_WAITING : METRIC_SAVER_DUE;
}

void metric_saver_turn(struct metric_saver *saver)
{
    if (saver->state == METRIC_SAVER_NOTHING && metric_reader_has_news(saver->reader))
        wait(saver);
    if (saver->state == METRIC_SAVER_DUE)
        metric_saver_settle(saver);
}

void metric_saver_settle(struct metric_saver *saver)
{
    if (saver->state == METRIC_SAVER_WAITING)
        loop_timer_stop(&saver->timer);
    saver->state = METRIC_SAVER_NOTHING;
    metric_reader_save(saver->reader);
}
