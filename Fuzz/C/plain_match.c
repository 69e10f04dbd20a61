#include "plain_match.h"

#include <string.h>

static size_t level_length(const char *text) { return strcspn(text, "/"); }

/// The text behind a level; null when it was the last.
static const char *behind(const char *text) {
    text += level_length(text);
    return *text ? text + 1 : NULL;
}

static bool level_is(const char *text, const char *word) { return level_length(text) == strlen(word) && strncmp(text, word, strlen(word)) == 0; }

static bool matches_from(const char *filter, const char *id, const char *topic) {
    if (!filter && !topic) { return true; }
    if (!filter) { return false; }
    // It matches the level above, too.
    if (level_is(filter, "#") && !behind(filter)) { return true; }
    if (!topic) { return false; }
    bool is_same = level_length(filter) == level_length(topic) && strncmp(filter, topic, level_length(topic)) == 0;
    if (level_is(filter, "%i")) { is_same = level_is(topic, id); }
    return (level_is(filter, "+") || is_same) && matches_from(behind(filter), id, behind(topic));
}

bool plainly_matches(const char *filter, const char *id, const char *topic) {
    if (topic[0] == '$' && (filter[0] == '+' || filter[0] == '#')) { return false; }
    return matches_from(filter, id, topic);
}

bool is_topic(const char *text) { return *text && !strpbrk(text, "+#"); }

bool is_filter(const char *text) {
    if (!*text) { return false; }
    for (const char *level = text; level; level = behind(level)) {
        size_t length = level_length(level);
        if (length != 1 && (memchr(level, '+', length) || memchr(level, '#', length))) { return false; }
        if (level_is(level, "#") && behind(level)) { return false; }
    }
    return true;
}
