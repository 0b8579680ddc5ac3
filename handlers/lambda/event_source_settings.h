/*
 * event_source_settings.h -- the members of CreateEventSourceMapping and UpdateEventSourceMapping,
 * read into a mapping's row, and the rules no model states. What Hydrant does not honour is refused
 * by name.
 */
#ifndef HANDLERS_LAMBDA_EVENT_SOURCE_SETTINGS_H
#define HANDLERS_LAMBDA_EVENT_SOURCE_SETTINGS_H

#include <stdbool.h>

struct call;
struct event_source_row;

/* Members the input has replace those of `row`. False: the call was answered with the error. */
bool event_source_settings_read(struct call *call, struct event_source_row *row);

/* Which stream, from where: for a new mapping only. */
bool event_source_settings_read_source(struct call *call, struct event_source_row *row);

#endif
