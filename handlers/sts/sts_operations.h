/*
 * sts_operations.h -- the operations of the table in sts.c, by the file they are in.
 */
#ifndef HANDLERS_STS_STS_OPERATIONS_H
#define HANDLERS_STS_STS_OPERATIONS_H

struct call;

void sts_assume_role(struct call *call);         /* assume_role.c */
void sts_get_access_key_info(struct call *call); /* caller_identity.c */
void sts_get_caller_identity(struct call *call);
void sts_get_session_token(struct call *call); /* session_token.c */

#endif
