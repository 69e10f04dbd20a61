// The comparators: libmosquitto as its own examples use it, with mosquitto_loop_forever and nothing between callback and measurement.
//
//   raw blast PORT MESSAGES SIZE      a broker's side that sends so many QoS 0 messages to each client as fast as it takes them
//   raw intake PORT                   counts them
//   raw echo PORT TOPIC ANSWER [FILE] answers every QoS 1 message, with a FILE after 4 KiB more of it are synced to the disk
//   raw request PORT TOPIC ANSWER N PAUSE   asks N times, one after the other with so many milliseconds between, and prints the round trips
//   raw accept PORT CHARGES [CP]      has so many charges ACCEPTED by a Central, anywhere or at a point, and prints request → ACCEPTED
//   raw load PORT RATE SECONDS        asks Central so often a second, whatever it answers, and prints how long the answers took and how many never came
#define _GNU_SOURCE
#include "raw.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double processor_time(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

// MARK: blast

static void send_all(int client, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = write(client, bytes, count);
        if (sent <= 0) fail("write");
        bytes += sent;
        count -= (size_t)sent;
    }
}

static size_t read_all(int client, uint8_t *bytes, size_t count) {
    size_t got = 0;
    while (got < count) {
        ssize_t more = read(client, bytes + got, count - got);
        if (more <= 0) return got;
        got += (size_t)more;
    }
    return got;
}

// Answers CONNECT and SUBSCRIBE; returns when the client has been silent for a moment, which is when it waits for messages.
static void shake_hands(int client) {
    static uint8_t packet[4096];
    struct pollfd readable = {.fd = client, .events = POLLIN};
    bool connected = false;
    while (poll(&readable, 1, connected ? 200 : 5000) > 0) {
        uint8_t head, byte;
        size_t length = 0, shift = 0;
        if (read_all(client, &head, 1) != 1) return;
        do {
            if (read_all(client, &byte, 1) != 1) return;
            length |= (size_t)(byte & 127) << shift;
            shift += 7;
        } while (byte & 128);
        if (length > sizeof packet || read_all(client, packet, length) != length) return;
        if ((head >> 4) == 1) {
            send_all(client, (const uint8_t[]){0x20, 3, 0, 0, 0}, 5);
            connected = true;
        } else if ((head >> 4) == 8) {
            uint8_t answer[64] = {0x90, 3, packet[0], packet[1], 0};
            size_t at = 3 + packet[2];
            while (at < length && answer[1] < 50) {
                at += 2 + (size_t)(packet[at] << 8 | packet[at + 1]) + 1;
                answer[2 + answer[1]++] = 0;
            }
            send_all(client, answer, 2 + (size_t)answer[1]);
        }
    }
}

static size_t put_message(uint8_t *at, const char *topic, size_t size) {
    size_t name = strlen(topic), rest = 2 + name + 1 + size, count = 0;
    at[count++] = 0x30;
    for (size_t left = rest;;) {
        uint8_t byte = left & 127;
        left >>= 7;
        at[count++] = byte | (left ? 128 : 0);
        if (!left) break;
    }
    at[count++] = (uint8_t)(name >> 8);
    at[count++] = (uint8_t)name;
    memcpy(at + count, topic, name);
    count += name;
    at[count++] = 0;
    memset(at + count, 'x', size);
    return count + size;
}

static int blast(int port, long messages, size_t size) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4) != 0) fail("listen");
    puts("listening");
    fflush(stdout);
    // A thousand messages in one piece, of ten topics in turn.
    uint8_t *block = malloc(1000 * (size + 64));
    size_t length = 0;
    for (int number = 0; number < 1000; number++) {
        char topic[32];
        snprintf(topic, sizeof topic, "cp/CP-%03d/telemetry", number % 10 + 1);
        length += put_message(block + length, topic, size);
    }
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) fail("accept");
        shake_hands(client);
        for (long sent = 0; sent < messages; sent += 1000) send_all(client, block, length);
        uint8_t end[64];
        send_all(client, end, put_message(end, "end", 0));
        uint8_t byte;
        while (read(client, &byte, 1) > 0) {}
        close(client);
    }
}

// MARK: Clients

struct mosquitto *client_named(const char *name, int port, void (*message)(struct mosquitto *, void *, const struct mosquitto_message *),
                               void (*connected)(struct mosquitto *, void *, int)) {
    mosquitto_lib_init();
    struct mosquitto *client = mosquitto_new(name, true, NULL);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_message_callback_set(client, message);
    mosquitto_connect_callback_set(client, connected);
    int result = mosquitto_connect(client, "127.0.0.1", port, 60);
    if (result != MOSQ_ERR_SUCCESS) {
        fprintf(stderr, "connect: %s\n", mosquitto_strerror(result));
        exit(1);
    }
    return client;
}

static const char *topic, *answer_topic;

static struct {
    long count;
    double began, processor;
    uint64_t bytes;
} intake;

static void on_intake(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)client, (void)context;
    if (intake.count == 0) {
        intake.began = now();
        intake.processor = processor_time();
    }
    if (strcmp(message->topic, "end") == 0) {
        double seconds = now() - intake.began, processor = processor_time() - intake.processor;
        printf("%ld %.6f %.6f\n", intake.count, seconds, processor);
        exit(0);
    }
    intake.count += 1;
    intake.bytes += (uint64_t)message->payloadlen;
}

static void on_intake_connected(struct mosquitto *client, void *context, int result) {
    (void)context, (void)result;
    mosquitto_subscribe(client, NULL, "#", 0);
}

static int synced = -1;

static void on_echo(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)context;
    static const char page[4096];
    if (synced >= 0 && (write(synced, page, sizeof page) != sizeof page || fdatasync(synced) != 0)) fail("fdatasync");
    mosquitto_publish(client, NULL, answer_topic, message->payloadlen, message->payload, 1, false);
}

static void on_echo_connected(struct mosquitto *client, void *context, int result) {
    (void)context, (void)result;
    mosquitto_subscribe(client, NULL, topic, 1);
}

static void on_echo_subscribed(struct mosquitto *client, void *context, int id, int count, const int *granted) {
    (void)client, (void)context, (void)id, (void)count, (void)granted;
    puts("ready");
    fflush(stdout);
}

static struct {
    double *times, sent;
    long asked, wanted;
    unsigned pause;
} asking;

// Every sample, in order: who compares sums up both sides.
void print_times(const double *times, long count) {
    for (long i = 0; i < count; i++) printf("%.1f\n", times[i] * 1e6);
}

static void ask(struct mosquitto *client) {
    char payload[200];
    memset(payload, 'x', sizeof payload);
    asking.sent = now();
    mosquitto_publish(client, NULL, topic, sizeof payload, payload, 1, false);
}

static void on_answer(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)context, (void)message;
    asking.times[asking.asked] = now() - asking.sent;
    if (++asking.asked == asking.wanted) {
        print_times(asking.times, asking.wanted);
        exit(0);
    }
    if (asking.pause > 0) usleep(asking.pause * 1000);
    ask(client);
}

static void on_request_connected(struct mosquitto *client, void *context, int result) {
    (void)context, (void)result;
    mosquitto_subscribe(client, NULL, answer_topic, 1);
}

static void on_request_subscribed(struct mosquitto *client, void *context, int id, int count, const int *granted) {
    (void)context, (void)id, (void)count, (void)granted;
    ask(client);
}

int main(int count, char **arguments) {
    const char *command = count > 2 ? arguments[1] : "";
    int port = count > 2 ? atoi(arguments[2]) : 0;
    if (count == 5 && strcmp(command, "blast") == 0) return blast(port, atol(arguments[3]), (size_t)atol(arguments[4]));
    struct mosquitto *client = NULL;
    if (count == 3 && strcmp(command, "intake") == 0) {
        client = client_named("raw-intake", port, on_intake, on_intake_connected);
    } else if ((count == 5 || count == 6) && strcmp(command, "echo") == 0) {
        if (count == 6 && (synced = open(arguments[5], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0) fail(arguments[5]);
        topic = arguments[3];
        answer_topic = arguments[4];
        client = client_named("raw-echo", port, on_echo, on_echo_connected);
        mosquitto_subscribe_callback_set(client, on_echo_subscribed);
    } else if (count == 7 && strcmp(command, "request") == 0) {
        topic = arguments[3];
        answer_topic = arguments[4];
        asking.wanted = atol(arguments[5]);
        asking.pause = (unsigned)atol(arguments[6]);
        asking.times = calloc((size_t)asking.wanted, sizeof *asking.times);
        client = client_named("raw-request", port, on_answer, on_request_connected);
        mosquitto_subscribe_callback_set(client, on_request_subscribed);
    } else if ((count == 4 || count == 5) && strcmp(command, "accept") == 0) {
        return request_charges(port, atol(arguments[3]), count == 5 ? arguments[4] : NULL);
    } else if (count == 5 && strcmp(command, "load") == 0) {
        return load(port, atof(arguments[3]), atof(arguments[4]));
    } else {
        fputs("usage: raw blast PORT MESSAGES SIZE | intake PORT | echo PORT TOPIC ANSWER [FILE] | request PORT TOPIC ANSWER N PAUSE | accept PORT CHARGES [CP] | load PORT RATE SECONDS\n", stderr);
        return 64;
    }
    int result = mosquitto_loop_forever(client, 1000, 1);
    fprintf(stderr, "raw %s: %s\n", command, mosquitto_strerror(result));
    return 1;
}
