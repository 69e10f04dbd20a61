#include "certificate_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access_table.h"
#include "table_text.h"

enum { WORD_LIMIT = 4, LINE_LIMIT = 256 };

struct entry {
    char name[NAME_LIMIT];
    unsigned char fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
    /// INT64_MAX of a present one.
    int64_t until;
};

/// In the order of names and fingerprints.
struct certificate_table {
    size_t count, capacity;
    struct entry *entries;
};

static int order(const void *a, const void *b) {
    const struct entry *one = a, *other = b;
    int names = strcmp(one->name, other->name);
    return names ? names : memcmp(one->fingerprint, other->fingerprint, sizeof one->fingerprint);
}

static bool read_until(const char *word, int64_t *until) {
    if (*word < '0' || *word > '9') { return false; }
    char *end = NULL;
    errno = 0;
    *until = strtoll(word, &end, 10);
    return *end == 0 && errno == 0;
}

/// Adds an entry. Returns what is wrong with its words; null for nothing.
static const char *add(struct certificate_table *table, char *words[WORD_LIMIT], bool is_former) {
    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? 2 * table->capacity : 64;
        struct entry *entries = realloc(table->entries, capacity * sizeof *entries);
        if (!entries) { return "no memory"; }
        table->entries = entries;
        table->capacity = capacity;
    }
    struct entry *entry = &table->entries[table->count];
    *entry = (struct entry){.until = INT64_MAX};
    if (!copy_name(entry->name, words[1])) { return "a name has 1 to 159 bytes"; }
    if (!read_hex(words[2], entry->fingerprint, sizeof entry->fingerprint)) { return "expected a fingerprint of 64 hex digits"; }
    if (is_former && !read_until(words[3], &entry->until)) { return "expected seconds since 1970"; }
    table->count++;
    return NULL;
}

/// Reads a line. Returns what is wrong with it; null for nothing.
static const char *read_line(struct certificate_table *table, const char *text, size_t length, bool *has_header, bool *has_ended) {
    char line[LINE_LIMIT];
    if (length >= sizeof line) { return "it is longer than 255 bytes"; }
    if (memchr(text, 0, length)) { return "it has a zero byte"; }
    memcpy(line, text, length);
    line[length] = 0;
    char *words[WORD_LIMIT] = {0}, *rest = line;
    size_t count = 0;
    for (char *word; line[0] != '#' && (word = strtok_r(rest, " ", &rest));) {
        if (count == WORD_LIMIT) { return "it has more than 4 words"; }
        words[count++] = word;
    }
    if (count == 0) { return NULL; }
    if (!*has_header) {
        *has_header = count == 2 && strcmp(words[0], "wattline-certificates") == 0 && strcmp(words[1], "1") == 0;
        return *has_header ? NULL : "expected: wattline-certificates 1";
    }
    if (*has_ended) { return "something comes behind the end"; }
    if (count == 1 && strcmp(words[0], "end") == 0) {
        *has_ended = true;
        return NULL;
    }
    if (count == 3 && strcmp(words[0], "present") == 0) { return add(table, words, false); }
    if (count == 4 && strcmp(words[0], "former") == 0) { return add(table, words, true); }
    return "expected present or former, with their words";
}

struct certificate_table *certificate_table_read(const char *text, size_t length, char *complaint, size_t complaint_size) {
    struct certificate_table *table = calloc(1, sizeof *table);
    const char *fault = !table ? "no memory" : length > ACCESS_FILE_LIMIT ? "the file is too large" : NULL;
    bool has_header = false, has_ended = false;
    size_t number = 1;
    for (size_t start = 0; !fault && start < length; number++) {
        const char *end = memchr(text + start, '\n', length - start);
        size_t count = end ? (size_t)(end - text) - start : length - start;
        fault = read_line(table, text + start, count, &has_header, &has_ended);
        start += count + 1;
        if (fault) { break; }
    }
    if (!fault && !has_header) { fault = "expected: wattline-certificates 1"; }
    if (!fault && !has_ended) { fault = "it has no end: it was cut off"; }
    if (!fault) {
        if (table->count) { qsort(table->entries, table->count, sizeof *table->entries, order); }
        return table;
    }
    snprintf(complaint, complaint_size, "line %zu: %s", number, fault);
    certificate_table_free(table);
    return NULL;
}

void certificate_table_free(struct certificate_table *table) {
    if (!table) { return; }
    free(table->entries);
    free(table);
}

enum certificate_standing certificate_table_find(
    const struct certificate_table *table, const char *name, const unsigned char fingerprint[CERTIFICATE_FINGERPRINT_SIZE], int64_t now) {
    struct entry wanted = {.until = 0};
    if (!table || table->count == 0 || !copy_name(wanted.name, name)) { return CERTIFICATE_UNKNOWN; }
    memcpy(wanted.fingerprint, fingerprint, sizeof wanted.fingerprint);
    const struct entry *found = bsearch(&wanted, table->entries, table->count, sizeof *table->entries, order);
    if (!found) { return CERTIFICATE_UNKNOWN; }
    return now < found->until ? CERTIFICATE_COMES : CERTIFICATE_STAYS;
}
