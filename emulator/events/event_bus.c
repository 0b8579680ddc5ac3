#include "emulator/events/event_bus.h"

void event_bus_init(struct event_bus *bus)
{
    list_init(&bus->readers);
}

void event_bus_add(struct event_bus *bus, struct event_reader *reader)
{
    list_append(&bus->readers, &reader->link);
}

void event_bus_remove(struct event_reader *reader)
{
    list_remove(&reader->link);
}

void event_bus_publish(struct event_bus *bus, const struct event *event)
{
    list_for_each_safe(link, &bus->readers) {
        struct event_reader *reader = list_entry(link, struct event_reader, link);
        reader->read(reader, event);
    }
}
