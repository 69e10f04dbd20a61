/// A file that somebody else replaces, looked at every second: whether it is another one, and what is wrong with it, told once.
#ifndef WATTLINE_WATCHED_FILE_H
#define WATTLINE_WATCHED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct watched_file {
    char *path;
    /// As it was when it was read last.
    struct stat mark;
    char complaint[320];
    bool is_out_of_reach;
};

/// True for another file, or one that was written to.
bool is_other_file(const struct stat *one, const struct stat *other);

/// Reads the file, up to a number of bytes; null, and `errno`, when that can't be done. Whoever gets the text frees it.
char *watched_file_read(struct watched_file *file, size_t limit, size_t *length);

/// True when it is another one than at the last reading. One that is out of reach is not, and that is told.
bool watched_file_has_changed(struct watched_file *file, bool has_former);

/// Says once what is wrong with the file.
/// - Parameter has_former: what it said before holds.
void watched_file_complain(struct watched_file *file, const char *complaint, bool has_former);

#endif
