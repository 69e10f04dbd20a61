#pragma once
#include <sqlite3.h>

/// Bytes and texts that SQLite must copy (SQLITE_TRANSIENT is a cast that Swift can't say).
static inline int wattline_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}
