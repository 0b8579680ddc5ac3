/*
 * dynamodb.h -- Amazon DynamoDB, as a service for the router.
 */
#ifndef HANDLERS_DYNAMODB_DYNAMODB_H
#define HANDLERS_DYNAMODB_DYNAMODB_H

struct service;

extern const struct service dynamodb_service;

#endif
