#include "watched_file.h"

#include <errno.h>
#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool is_other_file(const struct stat *one, const struct stat *other) {
    return one->st_ino != other->st_ino || one->st_dev != other->st_dev || one->st_size != other->st_size
        || one->st_mtim.tv_sec != other->st_mtim.tv_sec || one->st_mtim.tv_nsec != other->st_mtim.tv_nsec
        || one->st_ctim.tv_sec != other->st_ctim.tv_sec || one->st_ctim.tv_nsec != other->st_ctim.tv_nsec;
}

char *watched_file_read(struct watched_file *watched, size_t limit, size_t *length) {
    FILE *file = fopen(watched->path, "re");
    if (!file) { return NULL; }
    char *text = NULL;
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && status.st_size >= 0 && (size_t)status.st_size <= limit) {
        text = malloc((size_t)status.st_size + 1);
        *length = text ? fread(text, 1, (size_t)status.st_size, file) : 0;
    } else {
        errno = EFBIG;
    }
    fclose(file);
    // One that is broken, too, is read once: what tries to get in with a wrong password costs no more than that.
    if (text) { watched->mark = status; }
    return text;
}

void watched_file_complain(struct watched_file *file, const char *complaint, bool has_former) {
    if (strcmp(file->complaint, complaint) == 0) { return; }
    snprintf(file->complaint, sizeof file->complaint, "%s", complaint);
    mosquitto_log_printf(MOSQ_LOG_ERR, "wattline: %s can't be used: %s%s", file->path, complaint, has_former ? "; what it said before holds" : "");
}

bool watched_file_has_changed(struct watched_file *file, bool has_former) {
    struct stat status;
    if (stat(file->path, &status) != 0) {
        watched_file_complain(file, strerror(errno), has_former);
        file->is_out_of_reach = true;
        return false;
    }
    // It was out of reach, and is what it was.
    if (file->is_out_of_reach) { file->complaint[0] = 0; }
    file->is_out_of_reach = false;
    return is_other_file(&status, &file->mark);
}
