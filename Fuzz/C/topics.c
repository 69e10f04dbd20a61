#include "fuzz_bodies.h"
#include "plain_match.h"
#include "../../Sources/C/CAccessTable/topic_match.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_LIMIT = 256 };

/// Takes the text up to the next line break, cut to the limit.
static void take(char into[TEXT_LIMIT], const uint8_t **data, size_t *size) {
    const uint8_t *end = *size ? memchr(*data, '\n', *size) : NULL;
    size_t length = end ? (size_t)(end - *data) : *size;
    size_t count = length < TEXT_LIMIT - 1 ? length : TEXT_LIMIT - 1;
    if (count) { memcpy(into, *data, count); }
    into[count] = 0;
    // A text of C ends at its first zero byte.
    size_t taken = length + (end != NULL);
    *data += taken;
    *size -= taken;
}

/// Writes a topic that the filter matches, with a word of choice for each wildcard. Returns false when it does not fit.
static bool write_example(char into[TEXT_LIMIT], const char *filter, const char *word, const char *rest) {
    size_t length = 0;
    for (const char *level = filter;;) {
        size_t count = strcspn(level, "/");
        bool is_last = level[count] == 0;
        const char *text = level;
        size_t text_length = count;
        if (count == 1 && *level == '+') { text = word, text_length = strlen(word); }
        if (count == 1 && *level == '#') {
            if (!rest) {
                // The level above.
                if (length == 0) { return false; }
                into[length - 1] = 0;
                return true;
            }
            text = rest, text_length = strlen(rest);
        }
        if (length + text_length + 2 > TEXT_LIMIT) { return false; }
        memcpy(into + length, text, text_length);
        length += text_length;
        into[length++] = is_last ? 0 : '/';
        if (is_last) { return true; }
        level += count + 1;
    }
}

/// What two filters have in common, against examples of the second.
static const char *compare_filters(const char *filter, const char *id, const char *other) {
    static const char *const words[] = {"", "x", "CP-001"};
    static const char *const rests[] = {NULL, "", "x", "x/y"};
    bool covers = filter_covers(filter, id, other);
    bool meets = filters_meet(filter, id, other);
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        for (size_t rest = 0; rest < sizeof rests / sizeof *rests; rest++) {
            char topic[TEXT_LIMIT];
            if (!write_example(topic, other, words[word], rests[rest]) || !*topic || !plainly_matches(other, "", topic)) { continue; }
            bool is_matched = plainly_matches(filter, id, topic);
            if (covers && !is_matched) { return "a filter is said to be covered, and a topic of it is not"; }
            if (is_matched && !meets) { return "a topic is under both filters, and they are said not to meet"; }
        }
    }
    return NULL;
}

const char *fuzz_topics(const uint8_t *data, size_t size) {
    char filter[TEXT_LIMIT], id[TEXT_LIMIT], other[TEXT_LIMIT];
    take(filter, &data, &size);
    take(id, &data, &size);
    take(other, &data, &size);
    bool covers = filter_covers(filter, id, other);
    (void)filters_meet(filter, id, other);
    // A table's filters are ones, and its ids are of P1.
    if (!is_filter(filter) || !*id || strpbrk(id, "/+#%$") || !*other) { return NULL; }
    if (is_topic(other) && covers != plainly_matches(filter, id, other)) { return "a topic is matched otherwise than MQTT says"; }
    return is_filter(other) && !strstr(other, "%i") ? compare_filters(filter, id, other) : NULL;
}
