// Drivers who ask Central, seen from outside.
#define _GNU_SOURCE
#include "raw.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_available;

static bool contains(const struct mosquitto_message *message, const char *text) {
    return memmem(message->payload, (size_t)message->payloadlen, text, strlen(text)) != NULL;
}

static void on_connected(struct mosquitto *client, void *context, int result) {
    (void)context, (void)result;
    mosquitto_subscribe(client, NULL, "driver/+/status", 1);
    mosquitto_subscribe(client, NULL, "central/cp/+", 1);
}

// Until Central shows a point that can be had; false after half a minute.
static bool wait_for_points(struct mosquitto *client) {
    double until = now() + 30;
    while (!is_available && now() < until && mosquitto_loop(client, 100, 1) == MOSQ_ERR_SUCCESS) {}
    if (!is_available) fputs("Central did not show an available point within half a minute\n", stderr);
    return is_available;
}

// MARK: accept

// Each request comes from a driver of its own and is for a charge of one second, anywhere or at one point; a denied one is asked again by another, under another id.
static struct {
    double *times, sent, next;
    long accepted, wanted, attempts;
    bool is_waiting;
    const char *point;
} charging;

static void on_status(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)client, (void)context;
    if (strncmp(message->topic, "central/", 8) == 0) {
        is_available |= contains(message, "\"available\":true");
        return;
    }
    char own[64];
    snprintf(own, sizeof own, "driver/bench-%d-%ld/status", (int)getpid(), charging.attempts);
    if (!charging.is_waiting || strcmp(message->topic, own) != 0) return;
    double took = now() - charging.sent;
    charging.is_waiting = false;
    charging.next = now() + 0.15;
    if (contains(message, "\"ACCEPTED\"")) charging.times[charging.accepted++] = took;
}

static void ask_for_charge(struct mosquitto *client) {
    char to[64], payload[160];
    charging.attempts += 1;
    snprintf(to, sizeof to, "driver/bench-%d-%ld/request", (int)getpid(), charging.attempts);
    snprintf(payload, sizeof payload, "{\"request\":\"r-%d-%ld\",\"duration_s\":1%s%s%s}", (int)getpid(), charging.attempts,
             charging.point ? ",\"cp\":\"" : "", charging.point ? charging.point : "", charging.point ? "\"" : "");
    charging.sent = now();
    charging.is_waiting = true;
    mosquitto_publish(client, NULL, to, (int)strlen(payload), payload, 1, false);
}

int request_charges(int port, long charges, const char *point) {
    charging.point = point;
    charging.wanted = charges;
    charging.times = calloc((size_t)charges, sizeof *charging.times);
    struct mosquitto *client = client_named("raw-accept", port, on_status, on_connected);
    if (!wait_for_points(client)) return 1;
    double until = now() + 120;
    while (charging.accepted < charges && now() < until) {
        if (!charging.is_waiting && now() >= charging.next) ask_for_charge(client);
        if (mosquitto_loop(client, 20, 1) != MOSQ_ERR_SUCCESS) break;
    }
    if (charging.accepted < charges) {
        fputs("Central did not accept so many charges within two minutes\n", stderr);
        return 1;
    }
    print_times(charging.times, charges);
    return 0;
}

// MARK: load

// Open loop: the next request goes out at its time, whether the one before was answered or not, and is timed from when it should have gone out.
static struct {
    double *due, *took;
    long count, answered, accepted;
} loading;

static void on_answer(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)client, (void)context;
    if (strncmp(message->topic, "central/", 8) == 0) {
        is_available |= contains(message, "\"available\":true");
        return;
    }
    bool accepted = contains(message, "\"ACCEPTED\"");
    if (!accepted && !contains(message, "\"DENIED\"")) return;
    const char *id = memmem(message->payload, (size_t)message->payloadlen, "\"request\":\"load-", 16);
    long number = id ? atol(id + 16) : -1;
    if (number < 0 || number >= loading.count || loading.took[number] > 0) return;
    loading.took[number] = now() - loading.due[number];
    loading.answered += 1;
    loading.accepted += accepted;
}

int load(int port, double rate, double seconds) {
    loading.count = (long)(rate * seconds);
    loading.due = calloc((size_t)loading.count, sizeof *loading.due);
    loading.took = calloc((size_t)loading.count, sizeof *loading.took);
    struct mosquitto *client = client_named("raw-load", port, on_answer, on_connected);
    if (!wait_for_points(client)) return 1;
    // Central has been online for two seconds then, and says CENTRAL_STARTING to nobody.
    for (double until = now() + 2.5; now() < until;) {
        if (mosquitto_loop(client, 20, 1) != MOSQ_ERR_SUCCESS) break;
    }
    double began = now() + 0.1;
    for (long sent = 0; sent < loading.count;) {
        for (; sent < loading.count && now() >= began + (double)sent / rate; sent++) {
            char to[64], payload[96];
            loading.due[sent] = began + (double)sent / rate;
            snprintf(to, sizeof to, "driver/load-%ld/request", sent);
            snprintf(payload, sizeof payload, "{\"request\":\"load-%ld\",\"duration_s\":1}", sent);
            mosquitto_publish(client, NULL, to, (int)strlen(payload), payload, 1, false);
        }
        if (mosquitto_loop(client, 1, 1) != MOSQ_ERR_SUCCESS) break;
    }
    for (double until = now() + 10; loading.answered < loading.count && now() < until;) {
        if (mosquitto_loop(client, 20, 1) != MOSQ_ERR_SUCCESS) break;
    }
    printf("%ld %ld\n", loading.count - loading.answered, loading.accepted);
    double *answered = calloc((size_t)loading.count, sizeof *answered);
    long count = 0;
    for (long i = 0; i < loading.count; i++) {
        if (loading.took[i] > 0) answered[count++] = loading.took[i];
    }
    print_times(answered, count);
    return 0;
}
