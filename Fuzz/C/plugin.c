// The broker's plugin on a broker that is none: clients come, say things, lose their names and go, in any order.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "fuzz_bodies.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// The plugin's clock is the input's.
static int clock_of_input(clockid_t clock, struct timespec *now);
#define clock_gettime clock_of_input
#include "../../Sources/C/CBrokerPlugin/broker_plugin.c"
#undef clock_gettime
#include "../../Sources/C/CBrokerPlugin/client_certificate.c"
#include "../../Sources/C/CBrokerPlugin/server_pair.c"
#include "../../Sources/C/CBrokerPlugin/watched_file.c"

enum { CLIENTS = 6, TEXT_SIZE = 64 };

struct mosquitto {
    char id[TEXT_SIZE], name[TEXT_SIZE];
    const char *address, *password;
    bool has_name, is_here;
    /// Null of who has none.
    X509 *certificate;
};

struct world {
    struct mosquitto clients[CLIENTS];
    struct plugin *plugin;
    time_t seconds;
    int file, clients_file;
    const uint8_t *rest;
    size_t size;
};

static struct world world;

static int clock_of_input(clockid_t clock, struct timespec *now) {
    (void)clock;
    *now = (struct timespec){.tv_sec = world.seconds};
    return 0;
}

// MARK: The broker

const char *mosquitto_client_address(const struct mosquitto *client) { return client->address; }
const char *mosquitto_client_id(const struct mosquitto *client) { return client->id; }
const char *mosquitto_client_username(const struct mosquitto *client) { return client->has_name ? client->name : NULL; }
void *mosquitto_client_certificate(const struct mosquitto *client) { return client->certificate ? X509_dup(client->certificate) : NULL; }

int mosquitto_set_username(struct mosquitto *client, const char *name) {
    snprintf(client->name, sizeof client->name, "%s", name);
    client->has_name = true;
    return MOSQ_ERR_SUCCESS;
}

int mosquitto_callback_register(mosquitto_plugin_id_t *id, int event, MOSQ_FUNC_generic_callback body, const void *data, void *context) {
    (void)id, (void)event, (void)body, (void)data, (void)context;
    return MOSQ_ERR_SUCCESS;
}

/// A line is written whole, so that a text that does not end is seen.
__attribute__((format(printf, 2, 3))) void mosquitto_log_printf(int level, const char *format, ...) {
    (void)level;
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
}

static void leave(struct mosquitto *client) {
    struct mosquitto_evt_disconnect end = {.client = client};
    on_disconnect(MOSQ_EVT_DISCONNECT, &end, world.plugin);
    client->is_here = false;
}

/// Whoever is thrown out has a last will, which is asked for before the end is told.
int mosquitto_kick_client_by_clientid(const char *id, bool with_will) {
    (void)with_will;
    for (size_t index = 0; index < CLIENTS; index++) {
        struct mosquitto *client = &world.clients[index];
        if (!client->is_here || strcmp(client->id, id) != 0) { continue; }
        struct mosquitto_evt_acl_check will = {.client = client, .topic = "cp/CP-001/state", .access = MOSQ_ACL_WRITE};
        on_access(MOSQ_EVT_ACL_CHECK, &will, world.plugin);
        leave(client);
    }
    return MOSQ_ERR_SUCCESS;
}

// MARK: The input

static uint8_t next(void) { return world.size ? (world.size--, *world.rest++) : 0; }

static const char *const names[] = {"engine:CP-001", "monitor:CP-001", "driver:alice", "driver:bob", "admin:a", "nobody"};
static const char *const addresses[] = {"127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.2", NULL};

enum { NAMES = sizeof names / sizeof *names, ADDRESSES = sizeof addresses / sizeof *addresses };

/// Some text of the input, or a client id that means something.
static void take_text(char into[TEXT_SIZE]) {
    uint8_t choice = next();
    if (choice < NAMES) {
        snprintf(into, TEXT_SIZE, "%s", names[choice]);
        return;
    }
    size_t length = choice % TEXT_SIZE < world.size ? choice % TEXT_SIZE : world.size;
    if (length) { memcpy(into, world.rest, length); }
    into[length] = 0;
    world.rest += length;
    world.size -= length;
}

/// A table in which a bit of the input stands for each name, and another for its password; or one that is none.
static void write_table(uint8_t present, uint8_t other_password) {
    char text[4096];
    static const char *const salts[] = {"000102030405060708090a0b0c0d0e0f", "ff0102030405060708090a0b0c0d0e0f"};
    // Of "password" with these.
    static char hashes[2][65];
    for (size_t index = 0; !hashes[1][0] && index < 2; index++) {
        unsigned char salt[16], hash[32];
        for (size_t byte = 0; byte < sizeof salt; byte++) { salt[byte] = (unsigned char)byte; }
        if (index) { salt[0] = 255; }
        if (!access_hash(salt, "password", hash)) { return; }
        for (size_t byte = 0; byte < sizeof hash; byte++) { snprintf(hashes[index] + 2 * byte, 3, "%02x", hash[byte]); }
    }
    int length = snprintf(
        text, sizeof text,
        "wattline-access 1\nanonymous %s viewer\nrole viewer\nclient viewer:%%i\nread cp/#\nrole engine\nclient engine:%%i\nwrite cp/%%i/state\n"
        "role monitor\nclient monitor:%%i\nrole driver\nclient driver:%%i\nclient driver:%%i:*\nwrite driver/%%i/request\nrole admin\nclient *\nwrite #\n",
        present & 0x80 ? "loopback" : present & 0x40 ? "any" : "none");
    for (size_t index = 0; index < NAMES - 1; index++) {
        if (!(present >> index & 1)) { continue; }
        const char *colon = strchr(names[index], ':');
        size_t password = other_password >> index & 1;
        length += snprintf(
            text + length, sizeof text - (size_t)length, "user %s %.*s %s %s %s\n", names[index], (int)(colon - names[index]), names[index], colon + 1,
            salts[password], hashes[password]);
    }
    // Cut off, as a file is that is being written.
    if (!(other_password & 0x80)) { length += snprintf(text + length, sizeof text - (size_t)length, "end\n"); }
    // As long as nothing else in the test, so that each is another to who looks at sizes.
    static unsigned number;
    length += snprintf(text + length, sizeof text - (size_t)length, "#%*s\n", (int)(++number % 512), "");
    if (ftruncate(world.file, 0) != 0 || pwrite(world.file, text, (size_t)length, 0) != length) { return; }
}

// MARK: Certificates

/// Two for each name; nobody looks at who signed them.
static X509 *certificate_of(size_t name, size_t number) {
    static X509 *made[NAMES][2];
    static EVP_PKEY *key;
    if (!key) { key = EVP_EC_gen("P-256"); }
    X509 *certificate = made[name][number];
    if (certificate || !key) { return certificate; }
    certificate = made[name][number] = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), (long)number + 1);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)names[name], -1, -1, 0);
    ASN1_TIME_set(X509_getm_notBefore(certificate), 0);
    ASN1_TIME_set(X509_getm_notAfter(certificate), 1);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    return certificate;
}

static void hex_of(X509 *certificate, char text[65]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    text[0] = 0;
    if (!certificate || X509_digest(certificate, EVP_sha256(), digest, &size) != 1) { return; }
    for (unsigned int index = 0; index < size && index < 32; index++) { snprintf(text + 2 * index, 3, "%02x", digest[index]); }
}

/// A table in which a bit of the input stands for each name's certificate, another for which of two it is, and one for whether the other is the former one.
static void write_clients(uint8_t present, uint8_t second, uint8_t former) {
    char text[4096 + 1], hex[65];
    int length = snprintf(text, sizeof text, "wattline-certificates 1\n");
    for (size_t index = 0; index < NAMES; index++) {
        if (!(present >> index & 1)) { continue; }
        size_t number = second >> index & 1;
        hex_of(certificate_of(index, number), hex);
        length += snprintf(text + length, sizeof text - (size_t)length, "present %s %s\n", names[index], hex);
        if (!(former >> index & 1)) { continue; }
        hex_of(certificate_of(index, 1 - number), hex);
        length += snprintf(text + length, sizeof text - (size_t)length, "former %s %s %s\n", names[index], hex, former & 0x40 ? "4102444800" : "0");
    }
    if (!(former & 0x80)) { length += snprintf(text + length, sizeof text - (size_t)length, "end\n"); }
    // Of a size of its own each, in empty lines, so that it is another to who looks at that.
    static unsigned number;
    int size = 2048 + (int)(++number % 2048);
    while (length < size) { text[length++] = '\n'; }
    if (ftruncate(world.clients_file, 0) != 0 || pwrite(world.clients_file, text, (size_t)length, 0) != length) { return; }
}

/// The standing of who is here by a certificate.
static enum certificate_standing standing_of(const struct mosquitto *client) {
    struct client_certificate shown;
    return client_certificate_read(client, &shown) ? standing(world.plugin, shown.name, shown.fingerprint) : CERTIFICATE_UNKNOWN;
}

/// mosquitto reads its configuration anew, and asks for everybody again.
static const char *reload(void) {
    on_reload(MOSQ_EVT_RELOAD, NULL, world.plugin);
    for (size_t index = 0; index < CLIENTS; index++) {
        struct mosquitto *client = &world.clients[index];
        if (!client->is_here) { continue; }
        struct mosquitto_evt_basic_auth login = {
            .client = client, .username = client->has_name ? client->name : NULL, .password = (char *)client->password};
        if (on_login(MOSQ_EVT_BASIC_AUTH, &login, world.plugin) == MOSQ_ERR_SUCCESS) { continue; }
        if (client->certificate && standing_of(client) != CERTIFICATE_UNKNOWN) { return "somebody is thrown out whose certificate counts"; }
        leave(client);
    }
    return NULL;
}

static void come(struct mosquitto *client) {
    if (client->is_here) { leave(client); }
    take_text(client->id);
    uint8_t name = next();
    client->has_name = name < NAMES * 4;
    snprintf(client->name, sizeof client->name, "%s", names[name % NAMES]);
    client->certificate = name >= 200 ? certificate_of(name % NAMES, name / NAMES % 2) : NULL;
    client->address = addresses[next() % ADDRESSES];
    // Who comes under an id throws out who has it.
    for (size_t index = 0; index < CLIENTS; index++) {
        struct mosquitto *other = &world.clients[index];
        if (other != client && other->is_here && strcmp(other->id, client->id) == 0) { leave(other); }
    }
    client->password = next() % 4 ? "password" : NULL;
    struct mosquitto_evt_basic_auth login = {
        .client = client, .username = client->has_name ? client->name : NULL, .password = (char *)client->password};
    client->is_here = on_login(MOSQ_EVT_BASIC_AUTH, &login, world.plugin) == MOSQ_ERR_SUCCESS;
}

static const char *say(struct mosquitto *client) {
    char topic[TEXT_SIZE];
    take_text(topic);
    struct mosquitto_evt_acl_check check = {.client = client, .topic = topic, .access = 1 << next() % 4};
    int result = on_access(MOSQ_EVT_ACL_CHECK, &check, world.plugin);
    bool is_admin = client->has_name && strcmp(client->name, "admin:a") == 0;
    bool is_allowed = result == MOSQ_ERR_SUCCESS && check.access == MOSQ_ACL_WRITE;
    return is_allowed && !is_admin && strncmp(topic, "cp/", 3) != 0 && strncmp(topic, "driver/", 7) != 0 ? "somebody writes what nobody may" : NULL;
}

/// After a look at the file nobody is here whom the table does not know.
static const char *look(void) {
    world.seconds++;
    on_tick(MOSQ_EVT_TICK, NULL, world.plugin);
    if (world.plugin->former) { return "the table before is still there"; }
    for (size_t index = 0; index < CLIENTS; index++) {
        const struct mosquitto *client = &world.clients[index];
        if (!client->is_here) { continue; }
        if (!access_table_find(world.plugin->table, mosquitto_client_username(client), is_local(client))) { return "somebody is here who has no name any more"; }
        if (client->certificate && standing_of(client) == CERTIFICATE_UNKNOWN) { return "somebody is here whose certificate does not count"; }
    }
    return NULL;
}

const char *fuzz_plugin(const uint8_t *data, size_t size) {
    world = (struct world){.rest = data, .size = size, .seconds = 100, .file = memfd_create("access", MFD_CLOEXEC), .clients_file = memfd_create("clients", MFD_CLOEXEC)};
    if (world.file < 0 || world.clients_file < 0) { return "no file in memory can be made"; }
    char path[64], clients[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", world.file);
    snprintf(clients, sizeof clients, "/proc/self/fd/%d", world.clients_file);
    write_table(next(), next() & 0x7F);
    write_clients(0xFF, 0, 0);
    struct mosquitto_opt options[] = {{.key = "access_file", .value = path}, {.key = "clients_file", .value = clients}};
    void *context = NULL;
    const char *fault = mosquitto_plugin_init(NULL, &context, options, 2) == MOSQ_ERR_SUCCESS ? NULL : "a good table is refused";
    world.plugin = context;
    while (!fault && world.size) {
        uint8_t what = next();
        struct mosquitto *client = &world.clients[what / 8 % CLIENTS];
        switch (what % 8) {
            case 0:
                if (what & 0x80) {
                    write_clients(next(), next(), next());
                } else {
                    write_table(next(), next());
                }
                break;
            case 1: fault = look(); break;
            case 2:
                if (client->is_here) { leave(client); }
                break;
            case 3: world.seconds += next(); break;
            case 4: fault = reload(); break;
            case 5: come(client); break;
            default:
                if (client->is_here) { fault = say(client); }
        }
    }
    mosquitto_plugin_cleanup(context, NULL, 0);
    close(world.file);
    close(world.clients_file);
    return fault;
}
