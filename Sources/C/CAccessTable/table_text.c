#include "table_text.h"

#include <string.h>

bool copy_name(char into[NAME_LIMIT], const char *word) {
    size_t length = strlen(word);
    if (length == 0 || length >= NAME_LIMIT) { return false; }
    memcpy(into, word, length + 1);
    return true;
}

bool read_hex(const char *word, unsigned char *into, size_t size) {
    if (strlen(word) != 2 * size) { return false; }
    for (size_t index = 0; index < 2 * size; index++) {
        char digit = word[index];
        int value = digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
        if (value < 0) { return false; }
        into[index / 2] = (unsigned char)(index % 2 ? into[index / 2] | value : value << 4);
    }
    return true;
}
