/*
 * server_world.h -- a real server on a thread of its own and a client on bare sockets: the test.
 * What the server is to do with a request is its path (server_world.c: on_head(), answer()).
 */
#ifndef TESTS_UNIT_SERVER_WORLD_H
#define TESTS_UNIT_SERVER_WORLD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/http/server.h"
#include "emulator/loop/loop.h"

#define BODY_MAX_BYTES 100000U /* of a call without a sink */
#define SINK_STEP_BYTES 1000U

struct fixture {
    struct loop *loop;
    struct server *server;
    pthread_t thread;
    struct loop_task task; /* of the test, for the loop thread */
    void (*on_loop)(struct fixture *f);
    sem_t done; /* the task ran */
    sem_t held; /* the loop thread stands still, until `released` */
    sem_t released;
    struct call *waiting; /* loop thread */
    struct list answered; /* loop thread */
    atomic_uint turns;
    sem_t began; /* a head was seen */
    sem_t came;  /* a call waits, a sink pauses */
    sem_t freed; /* a call was freed */
    unsigned count;
    atomic_int runs;
};

/* Of /sink and /paused: takes SINK_STEP_BYTES, then waits to be read on. */
struct slow_sink {
    struct body_sink base;
    struct call *call;
    struct loop_task read_on;
    struct text taken;
    size_t room;
    bool stays_paused;
};

struct reply {
    int status;
    char head[2048];
    struct text body;
};

void await(sem_t *semaphore);
void run_on_loop(struct fixture *f, void (*fn)(struct fixture *f));

/* With 100 connections and a minute; a second of idleness; one connection. */
int set_up(void **state);
int set_up_impatient(void **state);
int set_up_narrow(void **state);
int tear_down(void **state);

/* The client: a socket. */
int dial(const struct fixture *f);
void say_bytes(int client, const void *bytes, size_t len);
void say(int client, const char *text);

/* What the server answers, within ten seconds. */
void hear_head(int client, struct reply *reply);
void hear(int client, struct reply *reply);

/* A header's number, or -1. */
long long number_of(const struct reply *reply, const char *name);

void assert_reply(int client, int status, const char *body);
void assert_closed(int client);
void assert_still_works(int client);

/* Of malloc. */
char *make_bytes(size_t len);

#endif
