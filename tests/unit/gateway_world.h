/*
 * gateway_world.h -- gateway and database together, with services of the test. A call's path names
 * its operation; the transport only notes what it was told to send.
 */
#ifndef TESTS_UNIT_GATEWAY_WORLD_H
#define TESTS_UNIT_GATEWAY_WORLD_H

#include "emulator/gateway.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/loop.h"
#include "emulator/sandbox.h"
#include "storage/db.h"
#include "tests/lib/temporary_folder.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define AUTHORIZATION                                                          \
    "AWS4-HMAC-SHA256 Credential=111122223333/d/us-west-2/fake/aws4_request, " \
    "SignedHeaders=host, Signature=00"

struct fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct sandbox sandbox;
    struct gateway gateway;
    struct gateway_world world;
    struct db *reader; /* sees what is committed */
    struct loop_hook hook;
    struct db_listener listener;
    int times_undone;
};

extern struct fixture *fixture;
extern const struct service fake, open_to_all, blind;

struct client {
    struct call call;
    struct http_header headers[3];
    char target[64];
    bool is_sent;
    bool was_committed; /* the row named by the body was, when the answer went out */
};

int set_up(void **state);
int tear_down(void **state);
bool is_there(struct db *db, const char *name);
void ask_service(struct client *client, const char *prefix, const char *operation,
                 const char *authorization);
void run(struct client *client, const char *body);
void ask(struct client *client, const char *operation, const char *body);
void assert_answer(const struct client *client, int status, const char *body);
enum status put(struct db *db, struct slice name, struct slice value);

#endif
