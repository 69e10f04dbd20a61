#pragma once
#include <mosquitto.h>
#include <stdbool.h>

double now(void);
struct mosquitto *client_named(const char *name, int port, void (*message)(struct mosquitto *, void *, const struct mosquitto_message *),
                               void (*connected)(struct mosquitto *, void *, int));
// In the order in which they were taken, a line for each, in microseconds.
void print_times(const double *times, long count);

int request_charges(int port, long charges, const char *point);
int load(int port, double rate, double seconds);
