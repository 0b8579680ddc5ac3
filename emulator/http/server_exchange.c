#include "emulator/http/server_exchange.h"

#include "emulator/base/mem.h"

void exchange_pool_init(struct exchange_pool *pool)
{
    list_init(&pool->spare);
    pool->count = 0;
}

static struct exchange *take_spare(struct exchange_pool *pool)
{
    struct list *link = list_take_first(&pool->spare);
    if (link == NULL)
        return NULL;
    pool->count--;
    return list_entry(link, struct exchange, call.link);
}

static void free_exchange(struct exchange *exchange)
{
    call_close(&exchange->call);
    mem_free(exchange);
}

void exchange_pool_close(struct exchange_pool *pool)
{
    struct exchange *exchange = NULL;
    while ((exchange = take_spare(pool)) != NULL)
        free_exchange(exchange);
}

struct exchange *exchange_take(struct exchange_pool *pool)
{
    struct exchange *exchange = take_spare(pool);
    if (exchange != NULL)
        return exchange;
    exchange = mem_zalloc(sizeof(*exchange));
    if (exchange != NULL)
        call_init(&exchange->call);
    return exchange;
}

void exchange_give_back(struct exchange_pool *pool, struct exchange *exchange)
{
    text_close(&exchange->body);
    if (pool->count == EXCHANGE_POOL_MAX) {
        free_exchange(exchange);
        return;
    }
    call_recycle(&exchange->call);
    exchange->dropped_bytes = 0;
    exchange->drops_body = false;
    exchange->is_suspended = false;
    list_append(&pool->spare, &exchange->call.link);
    pool->count++;
}
