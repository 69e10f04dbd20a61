#ifndef WATTLINE_SPAWN_H
#define WATTLINE_SPAWN_H

#include <sys/types.h>

/// Starts a program in a process group of its own, with /dev/null as its standard input and `output` and `errors` as its standard output and error.
///
/// The kernel kills it (SIGKILL) when the thread that called this ends, whatever ends it: posix_spawn can't ask for that.
/// It begins with no signal blocked and all at their defaults, and inherits no other descriptor.
///
/// Returns the process id, or the negated errno of whatever failed, execve included.
pid_t wattline_spawn(const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors);

/// A file in memory, closed on exec; -1 and errno when there is none.
int wattline_memory_file(void);

/// A descriptor that becomes readable when the process ends; close-on-exec. Negated errno when there is none.
int wattline_pidfd(pid_t pid);

/// Catches SIGINT, SIGTERM and SIGHUP: from now on each is a byte, its number, to be read from the descriptor returned (non-blocking, close-on-exec).
int wattline_catch_stops(void);
/// Gives them back their actions and closes the descriptor.
void wattline_release_stops(void);

/// Non-zero when the status of waitpid says that the process exited by itself.
int wattline_exited(int status);
/// The exit code of one that did.
int wattline_exit_code(int status);
/// The signal that ended one that did not.
int wattline_signal(int status);

#endif
