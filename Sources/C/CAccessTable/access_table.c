#include "access_table.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table_text.h"
#include "topic_match.h"

enum { ROLE_LIMIT = 32, RULE_LIMIT = 64, SALT_SIZE = 16, HASH_SIZE = 32, WORD_LIMIT = 6 };

struct rules {
    size_t count;
    char *items[RULE_LIMIT];
};

struct role {
    char name[NAME_LIMIT];
    struct rules clients, writes, reads;
};

struct access_user {
    char name[NAME_LIMIT], id[NAME_LIMIT];
    const struct role *role;
    unsigned char salt[SALT_SIZE], hash[HASH_SIZE];
};

struct access_table {
    size_t role_count;
    struct role roles[ROLE_LIMIT];
    enum access_anonymous anonymous;
    struct access_user nobody;
    size_t user_count, user_capacity;
    struct access_user *users;
    /// Open addressing: the number of a user and one, 0 for none.
    size_t slot_count;
    uint32_t *slots;
};

// MARK: Reading

struct reader {
    struct access_table *table;
    struct role *role;
    char *complaint;
    size_t complaint_size;
    size_t line;
    bool has_header, has_ended;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct reader *reader, const char *format, ...) {
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(reader->complaint, reader->complaint_size, "line %zu: %s", reader->line, what);
    return false;
}

static struct role *find_role(struct access_table *table, const char *name) {
    for (size_t index = 0; index < table->role_count; index++) {
        if (strcmp(table->roles[index].name, name) == 0) { return &table->roles[index]; }
    }
    return NULL;
}

static bool add_rule(struct reader *reader, struct rules *rules, const char *word) {
    if (rules->count == RULE_LIMIT) { return refuse(reader, "a role has more than %d rules of a kind", RULE_LIMIT); }
    char *copy = strdup(word);
    if (!copy) { return refuse(reader, "no memory"); }
    rules->items[rules->count++] = copy;
    return true;
}

static bool add_role(struct reader *reader, const char *name) {
    struct access_table *table = reader->table;
    if (table->role_count == ROLE_LIMIT) { return refuse(reader, "more than %d roles", ROLE_LIMIT); }
    if (find_role(table, name)) { return refuse(reader, "the role %s is there already", name); }
    reader->role = &table->roles[table->role_count++];
    return copy_name(reader->role->name, name) || refuse(reader, "a role's name has 1 to %d bytes", NAME_LIMIT - 1);
}

static bool add_user(struct reader *reader, char *words[WORD_LIMIT]) {
    struct access_table *table = reader->table;
    if (table->user_count == table->user_capacity) {
        size_t capacity = table->user_capacity ? 2 * table->user_capacity : 64;
        struct access_user *users = realloc(table->users, capacity * sizeof *users);
        if (!users) { return refuse(reader, "no memory"); }
        table->users = users;
        table->user_capacity = capacity;
    }
    struct access_user *user = &table->users[table->user_count];
    memset(user, 0, sizeof *user);
    user->role = find_role(table, words[2]);
    if (!user->role) { return refuse(reader, "user %s has the role %s, which is not there", words[1], words[2]); }
    if (!copy_name(user->name, words[1]) || !copy_name(user->id, words[3])) { return refuse(reader, "a name and an id have 1 to %d bytes", NAME_LIMIT - 1); }
    if (!read_hex(words[4], user->salt, SALT_SIZE) || !read_hex(words[5], user->hash, HASH_SIZE)) {
        return refuse(reader, "expected a salt of %d and a hash of %d hex digits", 2 * SALT_SIZE, 2 * HASH_SIZE);
    }
    table->user_count++;
    return true;
}

static bool set_anonymous(struct reader *reader, const char *from, const char *role) {
    struct access_table *table = reader->table;
    if (strcmp(from, "none") == 0) {
        table->anonymous = ACCESS_ANONYMOUS_NONE;
    } else if (strcmp(from, "loopback") == 0) {
        table->anonymous = ACCESS_ANONYMOUS_LOOPBACK;
    } else if (strcmp(from, "any") == 0) {
        table->anonymous = ACCESS_ANONYMOUS_ANY;
    } else {
        return refuse(reader, "anonymous from %s: expected none, loopback or any", from);
    }
    return copy_name(table->nobody.name, role) || refuse(reader, "a role's name has 1 to %d bytes", NAME_LIMIT - 1);
}

static bool read_words(struct reader *reader, char *words[WORD_LIMIT], size_t count) {
    const char *kind = words[0];
    if (!reader->has_header) {
        if (count != 2 || strcmp(kind, "wattline-access") != 0) { return refuse(reader, "expected: wattline-access 1"); }
        if (strcmp(words[1], "1") != 0) { return refuse(reader, "it has format %s, this broker's plugin reads 1", words[1]); }
        return reader->has_header = true;
    }
    if (reader->has_ended) { return refuse(reader, "something comes behind the end"); }
    if (strcmp(kind, "end") == 0 && count == 1) { return reader->has_ended = true; }
    if (strcmp(kind, "anonymous") == 0 && count == 3) { return set_anonymous(reader, words[1], words[2]); }
    if (strcmp(kind, "role") == 0 && count == 2) { return add_role(reader, words[1]); }
    if (strcmp(kind, "user") == 0 && count == 6) { return add_user(reader, words); }
    if (count == 2 && reader->role) {
        if (strcmp(kind, "client") == 0) { return add_rule(reader, &reader->role->clients, words[1]); }
        if (strcmp(kind, "write") == 0) { return add_rule(reader, &reader->role->writes, words[1]); }
        if (strcmp(kind, "read") == 0) { return add_rule(reader, &reader->role->reads, words[1]); }
    }
    return refuse(reader, "%.40s: expected anonymous, role, client, write, read or user, with their words", kind);
}

static bool read_line(struct reader *reader, const char *text, size_t length) {
    char line[ACCESS_LINE_LIMIT];
    if (length >= sizeof line) { return refuse(reader, "it is longer than %d bytes", ACCESS_LINE_LIMIT - 1); }
    if (memchr(text, 0, length)) { return refuse(reader, "it has a zero byte"); }
    if (length && text[0] == '#') { return true; }
    memcpy(line, text, length);
    line[length] = 0;
    char *words[WORD_LIMIT] = {0};
    size_t count = 0;
    char *rest = line;
    for (char *word; (word = strtok_r(rest, " ", &rest));) {
        if (count == WORD_LIMIT) { return refuse(reader, "it has more than %d words", WORD_LIMIT); }
        words[count++] = word;
    }
    return count == 0 || read_words(reader, words, count);
}

// MARK: Finding

static uint64_t hash_of(const char *name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++) { hash = (hash ^ (unsigned char)*name) * 0x100000001b3u; }
    return hash;
}

static uint32_t *slot_of(const struct access_table *table, const char *name) {
    size_t slot = hash_of(name) & (table->slot_count - 1);
    while (table->slots[slot] && strcmp(table->users[table->slots[slot] - 1].name, name) != 0) { slot = (slot + 1) & (table->slot_count - 1); }
    return &table->slots[slot];
}

static bool index_users(struct reader *reader) {
    struct access_table *table = reader->table;
    table->slot_count = 16;
    while (table->slot_count < 2 * table->user_count) { table->slot_count *= 2; }
    table->slots = calloc(table->slot_count, sizeof *table->slots);
    if (!table->slots) { return refuse(reader, "no memory"); }
    for (size_t index = 0; index < table->user_count; index++) {
        uint32_t *slot = slot_of(table, table->users[index].name);
        if (*slot) { return refuse(reader, "user %s is there twice", table->users[index].name); }
        *slot = (uint32_t)index + 1;
    }
    if (table->anonymous == ACCESS_ANONYMOUS_NONE) { return true; }
    table->nobody.role = find_role(table, table->nobody.name);
    return table->nobody.role || refuse(reader, "anonymous users have the role %s, which is not there", table->nobody.name);
}

struct access_table *access_table_read(const char *text, size_t length, char *complaint, size_t complaint_size) {
    struct reader reader = {.complaint = complaint, .complaint_size = complaint_size};
    reader.table = calloc(1, sizeof *reader.table);
    bool is_good = reader.table != NULL;
    if (!is_good) { snprintf(complaint, complaint_size, "no memory"); }
    if (is_good && length > ACCESS_FILE_LIMIT) { is_good = refuse(&reader, "it is larger than %u bytes", ACCESS_FILE_LIMIT); }
    for (size_t start = 0; is_good && start < length;) {
        reader.line++;
        const char *end = memchr(text + start, '\n', length - start);
        size_t count = end ? (size_t)(end - text) - start : length - start;
        is_good = read_line(&reader, text + start, count);
        start += count + 1;
    }
    if (is_good && !reader.has_header) { is_good = refuse(&reader, "expected: wattline-access 1"); }
    if (is_good && !reader.has_ended) { is_good = refuse(&reader, "it has no end: it was cut off"); }
    if (is_good) { is_good = index_users(&reader); }
    if (is_good) { return reader.table; }
    access_table_free(reader.table);
    return NULL;
}

static void free_rules(struct rules *rules) {
    for (size_t index = 0; index < rules->count; index++) { free(rules->items[index]); }
}

void access_table_free(struct access_table *table) {
    if (!table) { return; }
    for (size_t index = 0; index < table->role_count; index++) {
        free_rules(&table->roles[index].clients);
        free_rules(&table->roles[index].writes);
        free_rules(&table->roles[index].reads);
    }
    if (table->users) { OPENSSL_cleanse(table->users, table->user_capacity * sizeof *table->users); }
    free(table->users);
    free(table->slots);
    free(table);
}

size_t access_table_count(const struct access_table *table) { return table->user_count; }

const struct access_user *access_table_find(const struct access_table *table, const char *name, bool is_local) {
    if (!name) {
        bool is_let_in = table->anonymous == ACCESS_ANONYMOUS_ANY || (table->anonymous == ACCESS_ANONYMOUS_LOOPBACK && is_local);
        return is_let_in ? &table->nobody : NULL;
    }
    uint32_t found = *slot_of(table, name);
    return found ? &table->users[found - 1] : NULL;
}

// MARK: Deciding

bool access_hash(const unsigned char *salt, const char *password, unsigned char *hash) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) && EVP_DigestUpdate(context, salt, SALT_SIZE)
        && EVP_DigestUpdate(context, password, strlen(password)) && EVP_DigestFinal_ex(context, digest, &size);
    EVP_MD_CTX_free(context);
    if (!is_done || size != HASH_SIZE) { return false; }
    memcpy(hash, digest, HASH_SIZE);
    return true;
}

bool access_user_knows(const struct access_user *user, const char *password) {
    unsigned char hash[HASH_SIZE];
    return access_hash(user->salt, password, hash) && CRYPTO_memcmp(hash, user->hash, HASH_SIZE) == 0;
}

/// True for a client id that the pattern stands for.
static bool is_client(const char *pattern, const char *id, const char *client_id) {
    while (*pattern) {
        if (pattern[0] == '%' && pattern[1] == 'i') {
            size_t length = strlen(id);
            if (strncmp(client_id, id, length) != 0) { return false; }
            client_id += length;
            pattern += 2;
        } else if (pattern[0] == '*' && pattern[1] == 0) {
            return *client_id != 0;
        } else if (*pattern++ != *client_id++) {
            return false;
        }
    }
    return *client_id == 0;
}

/// True for a client id that belongs to some name, whether there is one of that name or not.
static bool is_taken(const struct access_table *table, const char *client_id) {
    for (size_t index = 0; index < table->role_count; index++) {
        // Also of a role that is never on the bus under its own name.
        size_t name = strlen(table->roles[index].name);
        if (strncmp(client_id, table->roles[index].name, name) == 0 && client_id[name] == ':') { return true; }
        const struct rules *clients = &table->roles[index].clients;
        for (size_t rule = 0; rule < clients->count; rule++) {
            // Up to the id: whoever gives no name has none that begins so.
            size_t length = strcspn(clients->items[rule], "%*");
            if (length && strncmp(client_id, clients->items[rule], length) == 0
                && (clients->items[rule][length] != 0 || client_id[length] == 0)) {
                return true;
            }
        }
    }
    return false;
}

bool access_user_may_be(const struct access_table *table, const struct access_user *user, const char *client_id) {
    if (user == &table->nobody) { return !is_taken(table, client_id); }
    const struct rules *clients = &user->role->clients;
    for (size_t index = 0; index < clients->count; index++) {
        if (is_client(clients->items[index], user->id, client_id)) { return true; }
    }
    return false;
}

static bool any_covers(const struct rules *rules, const struct access_user *user, const char *filter) {
    for (size_t index = 0; index < rules->count; index++) {
        if (filter_covers(rules->items[index], user->id, filter)) { return true; }
    }
    return false;
}

bool access_user_may_write(const struct access_user *user, const char *topic) { return any_covers(&user->role->writes, user, topic); }
bool access_user_may_read(const struct access_user *user, const char *topic) { return any_covers(&user->role->reads, user, topic); }

bool access_user_may_subscribe(const struct access_user *user, const char *filter) {
    if (strncmp(filter, "$share/", 7) == 0) {
        // Its members get the messages in turn: whoever may not read all of them, or gives no name, would make the others miss some.
        filter = strchr(filter + 7, '/');
        return filter && user->id[0] && any_covers(&user->role->reads, user, filter + 1);
    }
    for (size_t index = 0; index < user->role->reads.count; index++) {
        if (filters_meet(user->role->reads.items[index], user->id, filter)) { return true; }
    }
    return false;
}

uint64_t access_user_fingerprint(const struct access_user *user) {
    uint64_t hash = hash_of(user->role ? user->role->name : "") ^ hash_of(user->id) * 3;
    for (size_t index = 0; index < HASH_SIZE; index++) { hash = (hash ^ user->hash[index]) * 0x100000001b3u; }
    return hash;
}
