#include "topic_match.h"

#include <stddef.h>
#include <string.h>

/// A level of a topic or filter, and where the next begins; null after the last.
struct level {
    const char *text;
    size_t length;
    const char *next;
};

static struct level level_at(const char *text) {
    size_t length = strcspn(text, "/");
    return (struct level){text, length, text[length] == '/' ? text + length + 1 : NULL};
}

static bool is(struct level level, const char *text) { return level.length == strlen(text) && memcmp(level.text, text, level.length) == 0; }

/// The level with the id in place of `%i`.
static struct level with_id(struct level level, const char *id) {
    if (is(level, "%i")) {
        level.text = id;
        level.length = strlen(id);
    }
    return level;
}

static bool same(struct level a, struct level b) { return a.length == b.length && memcmp(a.text, b.text, a.length) == 0; }

bool filter_covers(const char *filter, const char *id, const char *other) {
    // What begins with $ is matched by no wildcard.
    if (other[0] == '$' && (filter[0] == '+' || filter[0] == '#')) { return false; }
    for (;;) {
        struct level a = level_at(filter);
        struct level b = level_at(other);
        if (is(a, "#")) { return a.next == NULL; }
        if (is(b, "#") || (!is(a, "+") && !same(with_id(a, id), b))) { return false; }
        // "a/#" matches "a" as well.
        if (!a.next || !b.next) { return !b.next && (!a.next || strcmp(a.next, "#") == 0); }
        filter = a.next;
        other = b.next;
    }
}

bool filters_meet(const char *filter, const char *id, const char *other) {
    if ((other[0] == '$') != (filter[0] == '$')) { return false; }
    for (;;) {
        struct level a = level_at(filter);
        struct level b = level_at(other);
        if (is(a, "#") || is(b, "#")) { return true; }
        if (!is(a, "+") && !is(b, "+") && !same(with_id(a, id), b)) { return false; }
        if (!a.next || !b.next) {
            return (!a.next || strcmp(a.next, "#") == 0) && (!b.next || strcmp(b.next, "#") == 0);
        }
        filter = a.next;
        other = b.next;
    }
}
