#define _GNU_SOURCE
#include "wattline_linux.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

int wattline_error_text(int number, char *buffer, size_t size) {
    const char *text = strerrordesc_np(number);
    if (text == NULL) return 1;
    snprintf(buffer, size, "%s", text);
    return 0;
}

void wattline_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int wattline_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
