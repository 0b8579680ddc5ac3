#include "emulator/lambda/package_source.h"

#include <errno.h>
#include <unistd.h>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"
#include "emulator/lambda/function_package.h"
#include "storage/blobs.h"
#include "storage/bucket_store.h"
#include "storage/object_store.h"

static enum package_object_result from_status(enum status status,
                                              enum package_object_result when_missing)
{
    if (status == STATUS_OK)
        return PACKAGE_OBJECT_OK;
    return status == STATUS_NOT_FOUND ? when_missing : PACKAGE_OBJECT_FAILED;
}

enum package_object_result package_source_take_object(struct package_source *source, struct db *db,
                                                      struct blob_store *blobs, struct slice bucket,
                                                      struct slice key, struct arena *arena)
{
    struct bucket found;
    struct object object;
    enum package_object_result result =
        from_status(bucket_store_find(db, bucket, arena, &found), PACKAGE_OBJECT_NO_BUCKET);
    if (result == PACKAGE_OBJECT_OK)
        result = from_status(object_store_read(db, found.id, key, arena, &object),
                             PACKAGE_OBJECT_NO_KEY);
    if (result != PACKAGE_OBJECT_OK)
        return result;
    source->bytes = object.bytes;
    source->size_bytes = (size_t)object.size;
    if (object.body_id == 0)
        return PACKAGE_OBJECT_OK;
    if (object_store_extents(db, object.body_id, arena, &source->extents, &source->extent_count) !=
        STATUS_OK)
        return PACKAGE_OBJECT_FAILED;
    source->blobs = blobs;
    source->is_held = true;
    blob_store_hold(blobs);
    return PACKAGE_OBJECT_OK;
}

void package_source_release(struct package_source *source)
{
    if (source->is_held)
        blob_store_release(source->blobs);
    source->is_held = false;
}

static enum status read_file(int file, const struct extent *extent, struct text *zip)
{
    char *room = text_reserve(zip, (size_t)extent->length);
    size_t done = 0;
    while (room != NULL && done < extent->length) {
        ssize_t got =
            pread(file, room + done, (size_t)extent->length - done, (off_t)(extent->start + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return STATUS_IO_ERROR;
        done += (size_t)got;
    }
    text_grew(zip, done);
    return zip->status;
}

static enum status read_extent(struct blob_store *blobs, const struct extent *extent,
                               struct text *zip)
{
    if (extent->blob_id[0] == '\0') {
        text_append(zip, extent->bytes);
        return zip->status;
    }
    int file = -1;
    enum status status = blob_open(blobs, extent->blob_id, &file);
    if (status != STATUS_OK)
        return status;
    status = read_file(file, extent, zip);
    (void)close(file);
    return status;
}

enum status package_source_read(const struct package_source *source, struct text *zip)
{
    if (source->base64.ptr != NULL) {
        enum status status = base64_decode_to(source->base64, zip);
        return status == STATUS_OK ? zip->status : status;
    }
    if (source->size_bytes > PACKAGE_ZIPPED_MAX_BYTES)
        return STATUS_TOO_LARGE;
    text_append(zip, source->bytes);
    enum status status = zip->status;
    for (size_t i = 0; i < source->extent_count && status == STATUS_OK; i++)
        status = read_extent(source->blobs, &source->extents[i], zip);
    return status;
}
