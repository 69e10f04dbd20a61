/// Names and hexadecimal digits, which the tables of the broker's plugin have in common.
#ifndef WATTLINE_TABLE_TEXT_H
#define WATTLINE_TABLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/// The bytes of a name, its zero byte among them.
enum { NAME_LIMIT = 160 };

/// False for a name that is empty, or too long.
bool copy_name(char into[NAME_LIMIT], const char *word);
/// False for anything but twice as many digits as bytes.
bool read_hex(const char *word, unsigned char *into, size_t size);

#endif
