#include "emulator/reload.h"

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/service_manager.h"

#define ARENA_MAX_BYTES ((size_t)1024 * 1024)
#define TEXT_MAX_BYTES ((size_t)4096)

void reload_apply(const struct config *config)
{
    log_set_level((enum log_level)config->log_level);
    log_set_json(config->log_format == CONFIG_LOG_JSON ? loop_wall_ms : NULL);
}

static void take_over(struct config *config, const struct config *fresh)
{
    struct text kept;
    text_init(&kept, TEXT_MAX_BYTES);
    config_take_over(config, fresh, &kept);
    reload_apply(config);
    if (kept.len > 0)
        log_line(LOG_WARNING, "SIGHUP: these settings take effect at the next start:%.*s",
                 SLICE_ARG(text_slice(&kept)));
    log_line(LOG_INFO, "SIGHUP: the configuration was read again");
    text_close(&kept);
}

void reload(struct config *config, const struct config_sources *sources)
{
    struct arena arena;
    struct text problem;
    struct config fresh;
    service_manager_notify_reloading();
    arena_init(&arena, ARENA_MAX_BYTES);
    text_init(&problem, TEXT_MAX_BYTES);
    enum status status = config_load(&fresh, &arena, sources, &problem);
    if (status == STATUS_OK)
        take_over(config, &fresh);
    else
        log_line(LOG_ERROR, "SIGHUP: the configuration stays as it was: %.*s",
                 SLICE_ARG(problem.len > 0 ? text_slice(&problem) : slice_of(status_text(status))));
    text_close(&problem);
    arena_clear(&arena);
    service_manager_notify("READY=1");
}
