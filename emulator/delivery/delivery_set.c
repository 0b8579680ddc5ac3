/*
 * delivery_set.c -- a stream's names and settings from its row. The parsed configuration is several
 * times as large as what is kept of it, so the texts that matter move into one block.
 */
#include <string.h>

#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/kinesis_source.h"
#include "storage/delivery_stream_store.h"

enum { NAME_TEXTS = 4 };

void delivery_texts_free(struct delivery_texts *texts)
{
    mem_free(texts->block);
    arena_clear(&texts->zone);
    texts->block = NULL;
}

static enum status read_row(const struct delivery_stream_row *row, struct arena *arena,
                            struct delivery_stream *ret_part)
{
    struct delivery_settings settings;
    char *arn = arena_printf(arena, "arn:aws:firehose:%.*s:%.*s:deliverystream/%.*s",
                             SLICE_ARG(row->region), SLICE_ARG(row->account), SLICE_ARG(row->name));
    if (arn == NULL)
        return STATUS_NO_MEMORY;
    enum status status = delivery_settings_read(row->configuration, arena, &settings);
    if (status != STATUS_OK)
        return status;
    ret_part->account = row->account;
    ret_part->region = row->region;
    ret_part->name = row->name;
    ret_part->arn = slice_of(arn);
    ret_part->settings = settings;
    return STATUS_OK;
}

/* A copy of all of them, each with a NUL behind it. NULL when out of memory. */
static char *move_texts(struct slice *const *texts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += texts[i]->len + 1;
    char *block = mem_alloc(size);
    char *at = block;
    for (size_t i = 0; block != NULL && i < count; i++) {
        size_t len = texts[i]->len;
        if (len > 0)
            memcpy(at, texts[i]->ptr, len);
        at[len] = '\0';
        *texts[i] = slice_make(at, len);
        at += len + 1;
    }
    return block;
}

/* Leaves the arena to what is not a text, and empty when there is nothing of that kind. */
static enum status keep_texts(struct delivery_stream *part, struct arena *arena)
{
    struct slice *texts[NAME_TEXTS + DELIVERY_SETTINGS_TEXTS] = {&part->account, &part->region,
                                                                 &part->name, &part->arn};
    delivery_settings_texts(&part->settings, texts + NAME_TEXTS);
    part->texts.block = move_texts(texts, sizeof(texts) / sizeof(texts[0]));
    if (part->texts.block == NULL)
        return STATUS_NO_MEMORY;
    if (part->settings.zone == NULL)
        arena_clear(arena);
    part->texts.zone = *arena;
    return STATUS_OK;
}

/* The old texts go when all is well. They are borrowed by nothing in flight. */
enum status delivery_stream_set(struct delivery_stream *stream,
                                const struct delivery_stream_row *row)
{
    struct arena arena;
    arena_init(&arena, DELIVERY_ROW_MAX_BYTES);
    struct delivery_stream part = {0};
    enum status status = read_row(row, &arena, &part);
    if (status == STATUS_OK)
        status = keep_texts(&part, &arena);
    if (status != STATUS_OK) {
        arena_clear(&arena);
        return status;
    }
    delivery_texts_free(&stream->texts);
    stream->texts = part.texts;
    stream->account = part.account;
    stream->region = part.region;
    stream->name = part.name;
    stream->arn = part.arn;
    stream->settings = part.settings;
    stream->version = row->version;
    stream->active_ms = row->active_ms;
    stream->gone_ms = row->gone_ms;
    stream->is_encrypted = row->encryption.is_on;
    stream->encrypted_ms = row->encryption.since_ms;
    return kinesis_source_load(stream);
}
