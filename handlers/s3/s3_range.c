#include "handlers/s3/s3_range.h"

static struct s3_range whole(uint64_t size)
{
    return (struct s3_range){S3_RANGE_WHOLE, 0, size};
}

static struct s3_range unsatisfiable(void)
{
    return (struct s3_range){S3_RANGE_UNSATISFIABLE, 0, 0};
}

/* "-n": the last n bytes. */
static struct s3_range suffix(uint64_t count, uint64_t size)
{
    if (count == 0)
        return unsatisfiable();
    if (size == 0)
        return whole(size);
    if (count > size)
        count = size;
    return (struct s3_range){S3_RANGE_PART, size - count, count};
}

static struct s3_range from_to(uint64_t first, uint64_t last, uint64_t size)
{
    if (last < first)
        return whole(size);
    if (first >= size)
        return unsatisfiable();
    if (last >= size)
        last = size - 1;
    return (struct s3_range){S3_RANGE_PART, first, last - first + 1};
}

struct s3_range s3_range_parse(struct slice header, uint64_t size)
{
    struct slice prefix = SLICE("bytes=");
    uint64_t first = 0;
    uint64_t last = UINT64_MAX;
    if (!slice_starts_with(header, prefix))
        return whole(size);
    struct slice to = slice_trim(slice_from(header, prefix.len));
    struct slice from = slice_cut(&to, '-');
    if (to.ptr == NULL)
        return whole(size);
    if (to.len > 0 && slice_to_u64(to, &last) != STATUS_OK)
        return whole(size);
    if (from.len == 0)
        return to.len > 0 ? suffix(last, size) : whole(size);
    if (slice_to_u64(from, &first) != STATUS_OK)
        return whole(size);
    return from_to(first, last, size);
}
