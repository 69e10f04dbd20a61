// A plugin of mosquitto 2: asks the access table who may connect, publish and read, and reads it anew when its file changes.
//
// Who comes with a certificate of the listener's authority has the name that is in it, and needs no password, as long as it is the one that was given last.
// When the server's certificate is another one, mosquitto is told to read it.
//
// mosquitto calls it from one thread. Whoever loses the name, or gets another password or certificate, is thrown out with the last will, so that others
// see it at once.
#include <errno.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access_table.h"
#include "certificate_table.h"
#include "client_certificate.h"
#include "server_pair.h"
#include "watched_file.h"

/// A client that was let in. A pointer that is used again is a newer client's, so each stands for the last one.
struct guest {
    struct guest *next;
    const struct mosquitto *client;
    /// Null of who gave no name.
    char *client_id, *username;
    bool is_local;
    /// Of who gave a password, or no name.
    uint64_t fingerprint;
    bool is_certified;
    unsigned char certificate[CERTIFICATE_FINGERPRINT_SIZE];
};

enum { BUCKETS = 1 << 14 };

struct plugin {
    mosquitto_plugin_id_t *id;
    struct watched_file access;
    struct access_table *table;
    /// The table before, while those are thrown out who are not in the new one: their last wills are still theirs.
    struct access_table *former;
    /// The file of the certificates by which somebody may come; no path where nobody may.
    struct watched_file clients;
    struct certificate_table *certificates;
    time_t looked;
    struct guest *guests[BUCKETS];
    /// The server's certificate and key, whose change is mosquitto's to read; null without.
    char *certificate, *key;
    struct server_pair *pair;
    /// When somebody was told of last who wanted what is not theirs, and how many were not told of since.
    time_t told;
    unsigned untold;
};

enum { SECONDS_BETWEEN_REFUSALS = 10 };

// MARK: The files

/// Reads the table; keeps the one that there is when that can't be done, and says why, once.
static bool load(struct plugin *plugin) {
    size_t length = 0;
    char complaint[256] = "";
    char *text = watched_file_read(&plugin->access, ACCESS_FILE_LIMIT, &length);
    if (!text) { snprintf(complaint, sizeof complaint, "%s", strerror(errno)); }
    struct access_table *table = text ? access_table_read(text, length, complaint, sizeof complaint) : NULL;
    free(text);
    if (!table) {
        watched_file_complain(&plugin->access, complaint, plugin->table);
        return false;
    }
    plugin->former = plugin->table;
    plugin->table = table;
    plugin->access.complaint[0] = 0;
    return true;
}

/// The same with the certificates. Without a table nobody comes by one.
static bool load_certificates(struct plugin *plugin) {
    size_t length = 0;
    char complaint[256] = "";
    char *text = watched_file_read(&plugin->clients, ACCESS_FILE_LIMIT, &length);
    if (!text) { snprintf(complaint, sizeof complaint, "%s", strerror(errno)); }
    struct certificate_table *table = text ? certificate_table_read(text, length, complaint, sizeof complaint) : NULL;
    free(text);
    if (!table) {
        watched_file_complain(&plugin->clients, complaint, plugin->certificates);
        return false;
    }
    certificate_table_free(plugin->certificates);
    plugin->certificates = table;
    plugin->clients.complaint[0] = 0;
    return true;
}

static bool is_local(const struct mosquitto *client) {
    const char *address = mosquitto_client_address(client);
    return address && (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 || strncmp(address, "::ffff:127.", 11) == 0);
}

static const struct access_user *user_of(const struct plugin *plugin, const struct mosquitto *client) {
    const char *username = mosquitto_client_username(client);
    const struct access_user *user = access_table_find(plugin->table, username, is_local(client));
    return user || !plugin->former ? user : access_table_find(plugin->former, username, is_local(client));
}

// MARK: Guests

/// The place that holds the guest that this client is; the end of a line when it is none.
static struct guest **place_of(struct plugin *plugin, const struct mosquitto *client) {
    struct guest **place = &plugin->guests[((uintptr_t)client >> 4) % BUCKETS];
    while (*place && (*place)->client != client) { place = &(*place)->next; }
    return place;
}

static void forget(struct guest **place) {
    struct guest *guest = *place;
    if (!guest) { return; }
    *place = guest->next;
    free(guest->client_id);
    free(guest->username);
    free(guest);
}

/// - Parameter certificate: null of who gave a password, or no name.
static void remember(
    struct plugin *plugin, const struct mosquitto *client, const struct access_user *user, const char *username,
    const struct client_certificate *certificate) {
    forget(place_of(plugin, client));
    struct guest *guest = calloc(1, sizeof *guest);
    if (!guest) { return; }
    const char *client_id = mosquitto_client_id(client);
    *guest = (struct guest){
        .client = client, .client_id = strdup(client_id ? client_id : ""), .username = username ? strdup(username) : NULL, .is_local = is_local(client),
        .fingerprint = access_user_fingerprint(user), .is_certified = certificate};
    if (certificate) { memcpy(guest->certificate, certificate->fingerprint, sizeof guest->certificate); }
    struct guest **place = place_of(plugin, client);
    *place = guest;
    if (!guest->client_id || (username && !guest->username)) { forget(place); }
}

/// The standing of a certificate at present. In UTC, as the file has it.
static enum certificate_standing standing(const struct plugin *plugin, const char *name, const unsigned char *fingerprint) {
    return certificate_table_find(plugin->certificates, name, fingerprint, (int64_t)time(NULL));
}

/// True for a guest whose name is gone, or whose password, role or certificate is another one; without a name, when nobody may come so any more.
static bool has_to_go(const struct plugin *plugin, const struct guest *guest) {
    const struct access_user *user = access_table_find(plugin->table, guest->username, guest->is_local);
    if (!user) { return true; }
    if (guest->is_certified) { return standing(plugin, guest->username, guest->certificate) == CERTIFICATE_UNKNOWN; }
    return access_user_fingerprint(user) != guest->fingerprint;
}

/// Throws out those who have to go, one after the other: each end is told by an event, which forgets the guest.
static void review(struct plugin *plugin) {
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        for (struct guest **place = &plugin->guests[bucket]; *place;) {
            if (!has_to_go(plugin, *place)) {
                place = &(*place)->next;
                continue;
            }
            char *client_id = strdup((*place)->client_id);
            forget(place);
            if (!client_id) { continue; }
            mosquitto_log_printf(MOSQ_LOG_NOTICE, "wattline: %s has to go: its name was revoked, or has another password or certificate", client_id);
            mosquitto_kick_client_by_clientid(client_id, true);
            free(client_id);
            // Its end may have changed the line.
            place = &plugin->guests[bucket];
        }
    }
    access_table_free(plugin->former);
    plugin->former = NULL;
}

// MARK: Refusals

static time_t seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/// What somebody else chose, in quotes and in plain letters: so that it reads as nobody's but his.
static const char *quoted(char *buffer, size_t size, const char *text) {
    size_t length = 0;
    buffer[length++] = '"';
    for (; text && *text && length + 5 < size; text++) { buffer[length++] = *text >= ' ' && *text <= '~' && *text != '"' ? *text : '?'; }
    // Of what was cut.
    for (int dots = 0; text && *text && dots < 3; dots++) { buffer[length++] = '.'; }
    buffer[length++] = '"';
    buffer[length] = 0;
    return buffer;
}

static bool has_just_told(const struct plugin *plugin, time_t now) { return plugin->told != 0 && now - plugin->told < SECONDS_BETWEEN_REFUSALS; }

/// Says who was refused what: without it a publisher of QoS 0 learns nothing. Whoever floods gets a line every ten seconds, and then their number.
static void tell_of_refusal(struct plugin *plugin, const char *username, const struct mosquitto *client, const char *what, const char *of) {
    time_t now = seconds();
    if (has_just_told(plugin, now)) {
        plugin->untold++;
        return;
    }
    char name[80], id[80], object[160];
    mosquitto_log_printf(
        MOSQ_LOG_WARNING, "Warning: %s, client %s, %s %s", username ? quoted(name, sizeof name, username) : "somebody without a name",
        quoted(id, sizeof id, mosquitto_client_id(client)), what, quoted(object, sizeof object, of));
    plugin->told = now;
}

static void tell_how_many_more(struct plugin *plugin, time_t now) {
    if (plugin->untold == 0 || has_just_told(plugin, now)) { return; }
    mosquitto_log_printf(MOSQ_LOG_WARNING, "Warning: %u more were refused since", plugin->untold);
    plugin->told = now;
    plugin->untold = 0;
}

// MARK: Events

static bool has_changed(struct plugin *plugin) {
    bool is_other = watched_file_has_changed(&plugin->access, plugin->table);
    return (plugin->clients.path && watched_file_has_changed(&plugin->clients, plugin->certificates)) || is_other;
}

static int on_reload(int event, void *data, void *context) {
    (void)event;
    (void)data;
    struct plugin *plugin = context;
    bool has_certificates = plugin->clients.path && load_certificates(plugin);
    if (load(plugin) || has_certificates) { review(plugin); }
    return MOSQ_ERR_SUCCESS;
}

// MARK: Certificates

/// Tells mosquitto to read the server's certificate when it is another one. With another's key it would let nobody in.
static void look_at_certificate(struct plugin *plugin) {
    switch (plugin->pair ? server_pair_look(plugin->pair) : SERVER_PAIR_SAME) {
        case SERVER_PAIR_SAME: break;
        case SERVER_PAIR_NEW:
            mosquitto_log_printf(MOSQ_LOG_NOTICE, "wattline: %s is another one, and is read", plugin->certificate);
            kill(getpid(), SIGHUP);
            break;
        case SERVER_PAIR_APART:
            mosquitto_log_printf(
                MOSQ_LOG_ERR, "wattline: %s can't be used: expected a certificate whose key is %s; the one before holds until they belong together",
                plugin->certificate, plugin->key);
            break;
    }
}

/// True for somebody who is there by this certificate already: mosquitto asks again for all of them when it reads its configuration anew.
static bool is_there(struct plugin *plugin, const struct mosquitto *client, const struct client_certificate *certificate) {
    const struct guest *guest = *place_of(plugin, client);
    return guest && guest->is_certified && strcmp(guest->client_id, mosquitto_client_id(client)) == 0
        && memcmp(guest->certificate, certificate->fingerprint, sizeof guest->certificate) == 0;
}

static bool counts(struct plugin *plugin, const struct mosquitto *client, const struct client_certificate *certificate) {
    switch (standing(plugin, certificate->name, certificate->fingerprint)) {
        case CERTIFICATE_UNKNOWN: return false;
        case CERTIFICATE_STAYS: return is_there(plugin, client, certificate);
        case CERTIFICATE_COMES: return true;
    }
    return false;
}

/// - Parameters:
///   - certificate: null of who has none.
///   - why: what speaks against somebody, where nobody is returned.
static const struct access_user *user_who_logs_in(
    struct plugin *plugin, const struct mosquitto_evt_basic_auth *login, const struct client_certificate *certificate, const char **why) {
    const char *name = certificate ? certificate->name : login->username;
    const struct access_user *user = access_table_find(plugin->table, name, !certificate && is_local(login->client));
    if (!certificate) {
        *why = "has no such name or password, and comes from";
        return user && (!name || (login->password && access_user_knows(user, login->password))) ? user : NULL;
    }
    // A name that is given besides must be the same.
    *why = "has no such name, or another one than its certificate, and comes from";
    if (!user || (login->username && strcmp(login->username, name) != 0)) { return NULL; }
    *why = "has a certificate that is not, or no more, the one that wattline certificates gave, and comes from";
    return counts(plugin, login->client, certificate) ? user : NULL;
}

static int on_login(int event, void *data, void *context) {
    struct mosquitto_evt_basic_auth *login = data;
    struct plugin *plugin = context;
    const char *client_id = mosquitto_client_id(login->client);
    if (!client_id) { return MOSQ_ERR_AUTH; }
    struct client_certificate shown;
    const struct client_certificate *certificate = client_certificate_read(login->client, &shown) ? &shown : NULL;
    const char *why = NULL, *username = certificate ? certificate->name : login->username;
    const struct access_user *user = user_who_logs_in(plugin, login, certificate, &why);
    // Whoever got a name a moment ago need not wait until the files are looked at.
    if (!user && has_changed(plugin)) {
        on_reload(event, data, context);
        user = user_who_logs_in(plugin, login, certificate, &why);
    }
    if (!user) {
        const char *address = mosquitto_client_address(login->client);
        tell_of_refusal(plugin, username, login->client, why, address ? address : "nowhere");
        return MOSQ_ERR_AUTH;
    }
    if (!access_user_may_be(plugin->table, user, client_id)) {
        tell_of_refusal(plugin, username, login->client, "may not be client", client_id);
        return MOSQ_ERR_AUTH;
    }
    // What is asked from here on is asked for the client's name.
    if (certificate && !login->username && mosquitto_set_username(login->client, username) != MOSQ_ERR_SUCCESS) { return MOSQ_ERR_AUTH; }
    remember(plugin, login->client, user, username, certificate);
    return MOSQ_ERR_SUCCESS;
}

static int on_access(int event, void *data, void *context) {
    (void)event;
    struct mosquitto_evt_acl_check *check = data;
    struct plugin *plugin = context;
    const struct access_user *user = user_of(plugin, check->client);
    if (!user) { return MOSQ_ERR_ACL_DENIED; }
    bool is_allowed = false;
    // What a wildcard would bring besides is left out without a word.
    const char *what = NULL;
    switch (check->access) {
        case MOSQ_ACL_WRITE:
            is_allowed = access_user_may_write(user, check->topic);
            what = "may not write";
            break;
        case MOSQ_ACL_READ: is_allowed = access_user_may_read(user, check->topic); break;
        case MOSQ_ACL_SUBSCRIBE:
            is_allowed = access_user_may_subscribe(user, check->topic);
            what = "may not read";
            break;
        case MOSQ_ACL_UNSUBSCRIBE: is_allowed = true; break;
        default: break;
    }
    if (!is_allowed && what) { tell_of_refusal(plugin, mosquitto_client_username(check->client), check->client, what, check->topic); }
    return is_allowed ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ACL_DENIED;
}

static int on_disconnect(int event, void *data, void *context) {
    (void)event;
    struct mosquitto_evt_disconnect *end = data;
    forget(place_of(context, end->client));
    return MOSQ_ERR_SUCCESS;
}

static int on_tick(int event, void *data, void *context) {
    (void)event;
    (void)data;
    struct plugin *plugin = context;
    time_t now = seconds();
    if (now == plugin->looked) { return MOSQ_ERR_SUCCESS; }
    plugin->looked = now;
    tell_how_many_more(plugin, now);
    look_at_certificate(plugin);
    return has_changed(plugin) ? on_reload(event, data, context) : MOSQ_ERR_SUCCESS;
}

int mosquitto_plugin_version(int count, const int *versions) {
    for (int index = 0; index < count; index++) {
        if (versions[index] == 5) { return 5; }
    }
    return -1;
}

static void take_option(struct plugin *plugin, const struct mosquitto_opt *option) {
    const struct {
        const char *name;
        char **place;
    } known[] = {{"access_file", &plugin->access.path}, {"clients_file", &plugin->clients.path}, {"certificate_file", &plugin->certificate}, {"key_file", &plugin->key}};
    for (size_t index = 0; index < sizeof known / sizeof *known; index++) {
        if (strcmp(option->key, known[index].name) != 0) { continue; }
        free(*known[index].place);
        *known[index].place = strdup(option->value);
    }
}

int mosquitto_plugin_init(mosquitto_plugin_id_t *identifier, void **user_data, struct mosquitto_opt *options, int option_count) {
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin) { return MOSQ_ERR_NOMEM; }
    plugin->id = identifier;
    for (int index = 0; index < option_count; index++) { take_option(plugin, &options[index]); }
    *user_data = plugin;
    if (!plugin->access.path) {
        mosquitto_log_printf(MOSQ_LOG_ERR, "wattline: expected plugin_opt_access_file FILE");
        return MOSQ_ERR_INVAL;
    }
    if (!load(plugin)) { return MOSQ_ERR_INVAL; }
    if (plugin->clients.path) { load_certificates(plugin); }
    // mosquitto reads it after this.
    if (plugin->certificate) { plugin->pair = server_pair_new(plugin->certificate, plugin->key ? plugin->key : plugin->certificate); }
    int result = mosquitto_callback_register(identifier, MOSQ_EVT_BASIC_AUTH, on_login, NULL, plugin);
    if (!result) { result = mosquitto_callback_register(identifier, MOSQ_EVT_ACL_CHECK, on_access, NULL, plugin); }
    if (!result) { result = mosquitto_callback_register(identifier, MOSQ_EVT_DISCONNECT, on_disconnect, NULL, plugin); }
    if (!result) { result = mosquitto_callback_register(identifier, MOSQ_EVT_RELOAD, on_reload, NULL, plugin); }
    if (!result) { result = mosquitto_callback_register(identifier, MOSQ_EVT_TICK, on_tick, NULL, plugin); }
    return result;
}

int mosquitto_plugin_cleanup(void *user_data, struct mosquitto_opt *options, int option_count) {
    (void)options;
    (void)option_count;
    struct plugin *plugin = user_data;
    if (!plugin) { return MOSQ_ERR_SUCCESS; }
    for (size_t bucket = 0; bucket < BUCKETS; bucket++) {
        while (plugin->guests[bucket]) { forget(&plugin->guests[bucket]); }
    }
    access_table_free(plugin->table);
    server_pair_free(plugin->pair);
    certificate_table_free(plugin->certificates);
    free(plugin->access.path);
    free(plugin->clients.path);
    free(plugin->certificate);
    free(plugin->key);
    free(plugin);
    return MOSQ_ERR_SUCCESS;
}
