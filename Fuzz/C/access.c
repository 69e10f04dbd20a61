#include "fuzz_bodies.h"
#include "plain_match.h"
#include "access_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 5, WORD_LIMIT = 128 };

/// Who asks for what. A missing word is an empty one.
struct question {
    char words[WORDS][WORD_LIMIT];
};

static void read_question(struct question *question, const uint8_t *data, size_t size) {
    memset(question, 0, sizeof *question);
    for (size_t index = 0; index < WORDS && size; index++) {
        const uint8_t *end = memchr(data, 0, size);
        size_t length = end ? (size_t)(end - data) : size;
        memcpy(question->words[index], data, length < WORD_LIMIT - 1 ? length : WORD_LIMIT - 1);
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
}

static const char *ask(const struct access_table *table, const struct access_user *user, const struct question *question) {
    const char *client_id = question->words[2], *topic = question->words[3], *filter = question->words[4];
    (void)access_user_may_be(table, user, client_id);
    (void)access_user_fingerprint(user);
    (void)access_user_may_write(user, topic);
    (void)access_user_may_subscribe(user, filter);
    // What may be read may be asked for.
    if (is_topic(topic) && access_user_may_read(user, topic) && strncmp(topic, "$share/", 7) != 0 && !access_user_may_subscribe(user, topic)) {
        return "what may be read can't be subscribed to";
    }
    return NULL;
}

const char *fuzz_access_table(const uint8_t *data, size_t size) {
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t length = end ? (size_t)(end - data) : size;
    char complaint[96] = "";
    // Of its own size, so that a byte too far is seen.
    char *text = malloc(length ? length : 1);
    if (!text) { return NULL; }
    memcpy(text, data, length);
    struct access_table *table = access_table_read(text, length, complaint, sizeof complaint);
    free(text);
    if (!table) { return *complaint && memchr(complaint, 0, sizeof complaint) ? NULL : "a table is refused without a word"; }
    struct question question;
    read_question(&question, data + length, size - length);
    // The zero byte in front is the first word's.
    if (size > length) { read_question(&question, data + length + 1, size - length - 1); }
    const char *fault = NULL;
    const struct access_user *user = access_table_find(table, question.words[0], false);
    if (user) {
        (void)access_user_knows(user, question.words[1]);
        fault = ask(table, user, &question);
    }
    const struct access_user *nobody = access_table_find(table, NULL, true);
    if (nobody && !fault) { fault = ask(table, nobody, &question); }
    if (access_table_count(table) > length / 100) { fault = "more users than lines"; }
    access_table_free(table);
    return fault;
}
