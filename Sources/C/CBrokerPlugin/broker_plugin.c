// A plugin of mosquitto 2: asks the access table who may connect, publish and read, and reads it anew when its file changes.
//
// Who comes with a certificate of the listener's authority has the name that is in it, and needs no password. When the server's certificate is another
// one, mosquitto is told to read it.
//
// mosquitto calls it from one thread. Whoever loses the name, or gets another password, is thrown out with the last will, so that others see it at once.
#include <errno.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "access_table.h"

/// A client that was let in. A pointer that is used again is a newer client's, so each stands for the last one.
struct guest {
    struct guest *next;
    const struct mosquitto *client;
    /// Null of who gave no name.
    char *client_id, *username;
    bool is_local;
    uint64_t fingerprint;
};

enum { BUCKETS = 1 << 14 };

struct plugin {
    mosquitto_plugin_id_t *id;
    char *path;
    struct access_table *table;
    /// The table before, while those are thrown out who are not in the new one: their last wills are still theirs.
    struct access_table *former;
    struct timespec changed;
    off_t size;
    ino_t inode;
    time_t looked;
    struct guest *guests[BUCKETS];
    char complaint[320];
    bool is_out_of_reach;
    /// The server's certificate, whose change is mosquitto's to read; null without.
    char *certificate;
    struct timespec certificate_changed;
    /// When somebody was told of last who wanted what is not theirs, and how many were not told of since.
    time_t told;
    unsigned untold;
};

enum { SECONDS_BETWEEN_REFUSALS = 10 };

// MARK: The file

static char *read_file(const char *path, size_t *length, struct stat *status) {
    FILE *file = fopen(path, "re");
    if (!file) { return NULL; }
    char *text = NULL;
    if (fstat(fileno(file), status) == 0 && status->st_size >= 0 && (size_t)status->st_size <= ACCESS_FILE_LIMIT) {
        text = malloc((size_t)status->st_size + 1);
        *length = text ? fread(text, 1, (size_t)status->st_size, file) : 0;
    } else {
        errno = EFBIG;
    }
    fclose(file);
    return text;
}

/// Says once what is wrong with the file.
static void complain(struct plugin *plugin, const char *complaint) {
    if (strcmp(plugin->complaint, complaint) == 0) { return; }
    snprintf(plugin->complaint, sizeof plugin->complaint, "%s", complaint);
    mosquitto_log_printf(MOSQ_LOG_ERR, "wattline: %s can't be used: %s%s", plugin->path, complaint, plugin->table ? "; what it said before holds" : "");
}

/// Reads the table; keeps the one that there is when that can't be done, and says why, once.
static bool load(struct plugin *plugin) {
    struct stat status;
    size_t length = 0;
    char complaint[256] = "";
    char *text = read_file(plugin->path, &length, &status);
    if (text) {
        // One that is broken, too, is read once: what tries to get in with a wrong password costs no more than that.
        plugin->changed = status.st_mtim;
        plugin->size = status.st_size;
        plugin->inode = status.st_ino;
    } else {
        snprintf(complaint, sizeof complaint, "%s", strerror(errno));
    }
    struct access_table *table = text ? access_table_read(text, length, complaint, sizeof complaint) : NULL;
    free(text);
    if (!table) {
        complain(plugin, complaint);
        return false;
    }
    plugin->former = plugin->table;
    plugin->table = table;
    plugin->complaint[0] = 0;
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

static void remember(struct plugin *plugin, const struct mosquitto *client, const struct access_user *user, const char *username) {
    forget(place_of(plugin, client));
    struct guest *guest = calloc(1, sizeof *guest);
    if (!guest) { return; }
    const char *client_id = mosquitto_client_id(client);
    *guest = (struct guest){
        NULL, client, strdup(client_id ? client_id : ""), username ? strdup(username) : NULL, is_local(client), access_user_fingerprint(user)};
    struct guest **place = place_of(plugin, client);
    *place = guest;
    if (!guest->client_id || (username && !guest->username)) { forget(place); }
}

/// True for a guest whose name is gone, or whose password or role is another one; without a name, when nobody may come so any more.
static bool has_to_go(const struct plugin *plugin, const struct guest *guest) {
    const struct access_user *user = access_table_find(plugin->table, guest->username, guest->is_local);
    return !user || access_user_fingerprint(user) != guest->fingerprint;
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
            mosquitto_log_printf(MOSQ_LOG_NOTICE, "wattline: %s has to go: its name was revoked, or has another password", client_id);
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
    struct stat status;
    if (stat(plugin->path, &status) != 0) {
        complain(plugin, strerror(errno));
        plugin->is_out_of_reach = true;
        return false;
    }
    // It was out of reach, and is what it was.
    if (plugin->is_out_of_reach) { plugin->complaint[0] = 0; }
    plugin->is_out_of_reach = false;
    return status.st_mtim.tv_sec != plugin->changed.tv_sec || status.st_mtim.tv_nsec != plugin->changed.tv_nsec || status.st_size != plugin->size
        || status.st_ino != plugin->inode;
}

static int on_reload(int event, void *data, void *context) {
    (void)event;
    (void)data;
    if (load(context)) { review(context); }
    return MOSQ_ERR_SUCCESS;
}

// MARK: Certificates

enum { NAME_SIZE = 128 };

/// The common name of the certificate with which somebody came, which the listener's authority signed; false when there is none.
static bool certificate_name(const struct mosquitto *client, char name[NAME_SIZE]) {
    X509 *certificate = mosquitto_client_certificate(client);
    if (!certificate) { return false; }
    X509_NAME *subject = X509_get_subject_name(certificate);
    int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    ASN1_STRING *text = place < 0 ? NULL : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place));
    int length = text ? ASN1_STRING_length(text) : 0;
    bool is_name = length > 0 && length < NAME_SIZE && !memchr(ASN1_STRING_get0_data(text), 0, (size_t)length);
    if (is_name) {
        memcpy(name, ASN1_STRING_get0_data(text), (size_t)length);
        name[length] = 0;
    } else {
        // Of nobody: a certificate without a name must not count as none.
        name[0] = 0;
    }
    X509_free(certificate);
    return true;
}

/// Tells mosquitto to read the server's certificate when it is another one. The first look only notes which it is.
static void look_at_certificate(struct plugin *plugin) {
    struct stat status;
    if (!plugin->certificate || stat(plugin->certificate, &status) != 0) { return; }
    struct timespec before = plugin->certificate_changed;
    plugin->certificate_changed = status.st_mtim;
    if (before.tv_sec == 0 || (before.tv_sec == status.st_mtim.tv_sec && before.tv_nsec == status.st_mtim.tv_nsec)) { return; }
    mosquitto_log_printf(MOSQ_LOG_NOTICE, "wattline: %s is another one, and is read", plugin->certificate);
    kill(getpid(), SIGHUP);
}

static const struct access_user *user_who_logs_in(const struct plugin *plugin, const struct mosquitto_evt_basic_auth *login) {
    char name[NAME_SIZE];
    if (certificate_name(login->client, name)) {
        // A name that is given besides must be the same.
        return !login->username || strcmp(login->username, name) == 0 ? access_table_find(plugin->table, name, false) : NULL;
    }
    const struct access_user *user = access_table_find(plugin->table, login->username, is_local(login->client));
    if (!user || !login->username) { return user; }
    return login->password && access_user_knows(user, login->password) ? user : NULL;
}

static int on_login(int event, void *data, void *context) {
    struct mosquitto_evt_basic_auth *login = data;
    struct plugin *plugin = context;
    const char *client_id = mosquitto_client_id(login->client);
    if (!client_id) { return MOSQ_ERR_AUTH; }
    const struct access_user *user = user_who_logs_in(plugin, login);
    // Whoever got a name a moment ago need not wait until the file is looked at.
    if (!user && has_changed(plugin)) {
        on_reload(event, data, context);
        user = user_who_logs_in(plugin, login);
    }
    if (!user) {
        const char *address = mosquitto_client_address(login->client);
        char name[NAME_SIZE];
        bool is_certified = certificate_name(login->client, name);
        tell_of_refusal(
            plugin, is_certified ? name : login->username, login->client,
            is_certified ? "has no such name, or another one than its certificate, and comes from" : "has no such name or password, and comes from",
            address ? address : "nowhere");
        return MOSQ_ERR_AUTH;
    }
    char name[NAME_SIZE];
    bool is_certified = !login->username && certificate_name(login->client, name);
    const char *username = is_certified ? name : login->username;
    if (!access_user_may_be(plugin->table, user, client_id)) {
        tell_of_refusal(plugin, username, login->client, "may not be client", client_id);
        return MOSQ_ERR_AUTH;
    }
    // What is asked from here on is asked for the client's name.
    if (is_certified && mosquitto_set_username(login->client, name) != MOSQ_ERR_SUCCESS) { return MOSQ_ERR_AUTH; }
    remember(plugin, login->client, user, username);
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

int mosquitto_plugin_init(mosquitto_plugin_id_t *identifier, void **user_data, struct mosquitto_opt *options, int option_count) {
    struct plugin *plugin = calloc(1, sizeof *plugin);
    if (!plugin) { return MOSQ_ERR_NOMEM; }
    plugin->id = identifier;
    for (int index = 0; index < option_count; index++) {
        if (strcmp(options[index].key, "access_file") == 0) {
            free(plugin->path);
            plugin->path = strdup(options[index].value);
        } else if (strcmp(options[index].key, "certificate_file") == 0) {
            free(plugin->certificate);
            plugin->certificate = strdup(options[index].value);
        }
    }
    *user_data = plugin;
    if (!plugin->path) {
        mosquitto_log_printf(MOSQ_LOG_ERR, "wattline: expected plugin_opt_access_file FILE");
        return MOSQ_ERR_INVAL;
    }
    if (!load(plugin)) { return MOSQ_ERR_INVAL; }
    // mosquitto reads it after this.
    look_at_certificate(plugin);
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
    free(plugin->path);
    free(plugin->certificate);
    free(plugin);
    return MOSQ_ERR_SUCCESS;
}
