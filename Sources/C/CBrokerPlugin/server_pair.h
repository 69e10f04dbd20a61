/// The server's certificate and its key: two files, which somebody changes one after the other.
#ifndef WATTLINE_SERVER_PAIR_H
#define WATTLINE_SERVER_PAIR_H

struct server_pair;

enum server_pair_news {
    SERVER_PAIR_SAME,
    /// Others than before, which belong together.
    SERVER_PAIR_NEW,
    /// Others than before, which don't, also at a second look: told once.
    SERVER_PAIR_APART,
};

/// Notes which files there are. Null without memory.
struct server_pair *server_pair_new(const char *certificate, const char *key);
void server_pair_free(struct server_pair *pair);

/// Looks whether they are others. A file that is not there is no news.
enum server_pair_news server_pair_look(struct server_pair *pair);

#endif
