// What the Glibc module of Swift leaves out of Linux.
#ifndef WATTLINE_LINUX_H
#define WATTLINE_LINUX_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <stddef.h>

// What strerror says, from any thread; 0 when it is known.
int wattline_error_text(int number, char *buffer, size_t size);

// Names the calling thread: at most 15 bytes.
void wattline_name_thread(const char *name);

// accept4 is hidden behind _GNU_SOURCE. Nonblocking and close-on-exec; -1 and errno as accept.
int wattline_accept(int listener);

#endif
