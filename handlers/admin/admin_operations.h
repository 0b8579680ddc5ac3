/*
 * admin_operations.h -- the operations of the table in admin.c, and what they share.
 */
#ifndef HANDLERS_ADMIN_ADMIN_OPERATIONS_H
#define HANDLERS_ADMIN_ADMIN_OPERATIONS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;
struct text;

void admin_get_health(struct call *call);     /* admin_health.c */
void admin_get_info(struct call *call);       /* admin_info.c */
void admin_get_init(struct call *call);       /* admin_init.c */
void admin_get_init_stage(struct call *call); /* admin_init.c */
void admin_get_clock(struct call *call);      /* admin_clock.c */
void admin_advance_clock(struct call *call);  /* admin_clock.c */
void admin_set_clock_mode(struct call *call); /* admin_clock_mode.c */
void admin_flush_stream(struct call *call);   /* admin_flush.c */
void admin_reset(struct call *call);          /* admin_reset.c */
void admin_drain(struct call *call);          /* admin_drain.c */
void admin_get_stream(struct call *call);     /* admin_stream.c */
void admin_redrive(struct call *call);        /* admin_redrive.c */

struct delivery_stream;

/*
 * The stream at the '*' of the path, for an operation whose body has no members and whose query
 * says no more than region and account. NULL: the call has been answered.
 */
struct delivery_stream *admin_require_stream(struct call *call);

/* A text for the answer, in the call's arena. */
struct text admin_text(struct call *call);

/* 200 with this JSON text. */
void admin_answer(struct call *call, const struct text *json);

/*
 * Every member of the body must be one of `names` (NULL behind the last). False when the call has
 * been answered with the error that names the other one.
 */
bool admin_allow_members(struct call *call, const char *const *names);

/* The part of the path that stands at the '*' of the operation's path, decoded. */
NODISCARD enum status admin_path_name(struct call *call, struct slice *ret_name);

#endif
