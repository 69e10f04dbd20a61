#define _GNU_SOURCE
#include "wattline_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// In the child, between fork and exec: only async-signal-safe calls.
static void become(const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors, int report, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0); // It died before the line above.
    setpgid(0, 0);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int input = open("/dev/null", O_RDONLY);
    if (input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(errors, 2) >= 0 && (directory == NULL || chdir(directory) == 0)) {
        syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC; `report` is so already */);
        execve(path, argv, envp);
    }
    int code = errno;
    ssize_t ignored = write(report, &code, sizeof code);
    (void)ignored;
    _exit(127);
}

pid_t wattline_spawn(const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -errno;
    // Should one of ours be 0, 1 or 2 (who started us closed it), dup2 in the child would overwrite it.
    if (report[1] < 3) {
        int higher = fcntl(report[1], F_DUPFD_CLOEXEC, 3);
        close(report[1]);
        report[1] = higher;
    }
    pid_t parent = getpid();
    // A signal between fork and exec must not run our handler in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) become(path, argv, envp, directory, output, errors, report[1], parent);
    int failure = pid < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid > 0) {
        ssize_t count;
        int code = 0;
        do count = read(report[0], &code, sizeof code);
        while (count < 0 && errno == EINTR);
        if (count == sizeof code) {
            failure = code;
            waitpid(pid, NULL, 0);
        }
    }
    close(report[0]);
    return failure ? -failure : pid;
}

int wattline_pidfd(pid_t pid) {
    long descriptor = syscall(SYS_pidfd_open, pid, 0U);
    return descriptor < 0 ? -errno : (int)descriptor;
}

static int stops[2] = {-1, -1};
static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
static struct sigaction stop_actions[3];

static void on_stop(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(stops[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

int wattline_catch_stops(void) {
    if (pipe2(stops, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
    // Who started us may ignore the death of children (`trap '' CHLD`), and then nobody could learn how they ended.
    signal(SIGCHLD, SIG_DFL);
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (int index = 0; index < 3; index++) {
        sigaction(stop_signals[index], &action, &stop_actions[index]);
        // nohup means it.
        if (stop_signals[index] == SIGHUP && stop_actions[index].sa_handler == SIG_IGN) signal(SIGHUP, SIG_IGN);
    }
    // Who started us may have had them blocked (Foundation's Process hands its mask on), and a blocked signal is never caught.
    sigset_t wanted;
    sigemptyset(&wanted);
    for (int index = 0; index < 3; index++) sigaddset(&wanted, stop_signals[index]);
    pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
    return stops[0];
}

void wattline_release_stops(void) {
    for (int index = 0; index < 3; index++) sigaction(stop_signals[index], &stop_actions[index], NULL);
    close(stops[0]);
    close(stops[1]);
    stops[0] = stops[1] = -1;
}

int wattline_exited(int status) { return WIFEXITED(status); }
int wattline_exit_code(int status) { return WEXITSTATUS(status); }
int wattline_signal(int status) { return WTERMSIG(status); }

int wattline_memory_file(void) { return memfd_create("wattline", MFD_CLOEXEC); }
