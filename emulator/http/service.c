#include "emulator/http/service.h"

const struct operation *service_operation(const struct service *service, struct slice name)
{
    for (size_t i = 0; i < service->operation_count; i++) {
        if (slice_equal_text(name, service->operations[i].name))
            return &service->operations[i];
    }
    return NULL;
}
