#include "storage/object_traits.h"

#include "storage/query.h"

void object_traits_bind(struct query *q, const struct object_traits *traits)
{
    query_bind_text(q, traits->storage_class);
    query_bind_text(q, traits->tags);
    query_bind_text(q, traits->acl);
    query_bind_text(q, traits->encryption);
    query_bind_text(q, traits->lock_mode);
    query_bind_integer(q, traits->lock_until_ms);
    query_bind_integer(q, traits->has_hold ? 1 : 0);
}

struct object_traits object_traits_read(struct query *q, int first_column, struct arena *arena)
{
    return (struct object_traits){
        .storage_class = query_copy(q, first_column, arena),
        .tags = query_copy(q, first_column + 1, arena),
        .acl = query_copy(q, first_column + 2, arena),
        .encryption = query_copy(q, first_column + 3, arena),
        .lock_mode = query_copy(q, first_column + 4, arena),
        .lock_until_ms = query_integer(q, first_column + 5),
        .has_hold = query_integer(q, first_column + 6) != 0,
    };
}
