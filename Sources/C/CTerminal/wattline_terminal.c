#include "wattline_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const int crashes[] = {SIGSEGV, SIGILL, SIGABRT, SIGTRAP, SIGBUS, SIGFPE};
enum { crash_count = sizeof crashes / sizeof crashes[0] };

static int device = -1;
static struct termios found;
static char farewell[256];
static atomic_int is_entered = 0;
static struct sigaction before[crash_count];

int wattline_terminal_open(void) {
    int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int terminal = open("/dev/tty", flags);
    if (terminal < 0 && isatty(STDOUT_FILENO)) terminal = open("/proc/self/fd/1", flags);
    return terminal;
}

// Only what may be called in a signal handler.
void wattline_terminal_leave(void) {
    if (!atomic_exchange(&is_entered, 0)) return;
    int error = errno;
    const char *rest = farewell;
    size_t left = strlen(rest);
    // A terminal that takes nothing (Ctrl-S) is not waited for.
    for (int patience = 0; left > 0 && patience < 20;) {
        ssize_t count = write(device, rest, left);
        if (count > 0) {
            rest += count;
            left -= (size_t)count;
        } else {
            struct pollfd writable = {.fd = device, .events = POLLOUT};
            poll(&writable, 1, 10);
            patience++;
        }
    }
    tcsetattr(device, TCSAFLUSH, &found);
    errno = error;
}

static void crashed(int number, siginfo_t *info, void *context) {
    (void)info;
    (void)context;
    wattline_terminal_leave();
    // Whoever was there before (Swift's backtraces, or nobody) is told next.
    for (int index = 0; index < crash_count; index++) {
        if (crashes[index] == number) sigaction(number, &before[index], NULL);
    }
    // A fault comes again when this returns to it; what was sent or raised does not.
    raise(number);
}

static void guard(void) {
    static int is_guarded = 0;
    if (is_guarded) return;
    is_guarded = 1;
    // Of this thread: a stack that is used up can't hold a handler.
    static char stack[64 * 1024];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < crash_count; index++) sigaction(crashes[index], &action, &before[index]);
    atexit(wattline_terminal_leave);
}

int wattline_terminal_enter(int terminal, const char *enter, const char *leave) {
    size_t length = strlen(leave);
    if (length >= sizeof farewell) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (tcgetattr(terminal, &found) != 0) return -1;
    device = terminal;
    memcpy(farewell, leave, length + 1);
    guard();
    struct termios raw = found;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    atomic_store(&is_entered, 1);
    if (tcsetattr(terminal, TCSAFLUSH, &raw) != 0) {
        atomic_store(&is_entered, 0);
        return -1;
    }
    size_t left = strlen(enter);
    while (left > 0) {
        ssize_t count = write(terminal, enter, left);
        if (count > 0) {
            enter += count;
            left -= (size_t)count;
        } else if (count < 0 && errno == EAGAIN) {
            struct pollfd writable = {.fd = terminal, .events = POLLOUT};
            if (poll(&writable, 1, 1000) <= 0) break;
        } else if (errno != EINTR) {
            break;
        }
    }
    return 0;
}

int wattline_terminal_size(int terminal, int *columns, int *lines) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
    *columns = size.ws_col;
    *lines = size.ws_row;
    return 0;
}

// To this thread: sent to the process, it would stop it a little later.
void wattline_terminal_suspend(void) { raise(SIGSTOP); }
