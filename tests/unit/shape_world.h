/* shape_world.h -- input of an operation, checked against its shape; what is said of it. */
#ifndef TESTS_UNIT_SHAPE_WORLD_H
#define TESTS_UNIT_SHAPE_WORLD_H

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_check.h"

#define ONE "1 validation error detected: "
#define FAILED "failed to satisfy constraint: "

/* A CreateDeliveryStream to S3, with more members. */
#define S3(members)                                                                             \
    "{\"DeliveryStreamName\":\"likes\",\"ExtendedS3DestinationConfiguration\":{"                \
    "\"RoleARN\":\"arn:aws:iam::000000000000:role/r\",\"BucketARN\":\"arn:aws:s3:::b\"" members \
    "}}"

struct fixture {
    struct arena arena;
    struct shape_cache *cache;
    struct text message;
    struct text unknown;
};

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int set_up(void **state);
int tear_down(void **state);
enum shape_verdict check(struct fixture *f, const char *service, const char *name,
                         struct slice body);
const char *said(const struct text *text);
void accepted(void **state, const char *service, const char *name, const char *body);
void refused(void **state, const char *service, const char *name, const char *body,
             const char *message);
void unreadable(void **state, const char *service, const char *name, const char *body,
                const char *message);

#endif
