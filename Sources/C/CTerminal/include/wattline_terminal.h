// A terminal that is left as it was found, whatever happens to the program.
#ifndef WATTLINE_TERMINAL_H
#define WATTLINE_TERMINAL_H

// Opens the terminal of this process by itself, so that being non-blocking is nobody else's affair; -1 and errno if there is none.
int wattline_terminal_open(void);

// Makes the terminal raw, but for the keys that make signals of themselves, and writes `enter`. From here on `leave` is written and the terminal made as it
// was when the program crashes or calls exit. 0, or -1 and errno.
int wattline_terminal_enter(int terminal, const char *enter, const char *leave);

// The other way round; harmless when it was not entered.
void wattline_terminal_leave(void);

// Columns and lines; 0 when they are known.
int wattline_terminal_size(int terminal, int *columns, int *lines);

// Stops the process as Ctrl-Z does, and comes back when it is continued.
void wattline_terminal_suspend(void);

#endif
