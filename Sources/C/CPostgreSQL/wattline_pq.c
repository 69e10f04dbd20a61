#define _GNU_SOURCE
#include "wattline_pq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static wattline_pq functions;
static const char *failure;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *said = dlerror();
        failure = strdup(said == NULL ? "it can't be loaded" : said);
        return;
    }
#define TAKE(field, name)                                                \
    if ((functions.field = (__typeof__(&name))dlsym(library, #name)) == NULL) { \
        failure = "it lacks " #name;                                     \
        return;                                                          \
    }
    TAKE(connect, PQconnectdbParams)
    TAKE(finish, PQfinish)
    TAKE(status, PQstatus)
    TAKE(transactionStatus, PQtransactionStatus)
    TAKE(errorMessage, PQerrorMessage)
    TAKE(socket, PQsocket)
    TAKE(sendQuery, PQsendQuery)
    TAKE(sendPrepare, PQsendPrepare)
    TAKE(sendPrepared, PQsendQueryPrepared)
    TAKE(setSingleRowMode, PQsetSingleRowMode)
    TAKE(setNonBlocking, PQsetnonblocking)
    TAKE(setNoticeProcessor, PQsetNoticeProcessor)
    TAKE(flush, PQflush)
    TAKE(consumeInput, PQconsumeInput)
    TAKE(isBusy, PQisBusy)
    TAKE(getResult, PQgetResult)
    TAKE(resultStatus, PQresultStatus)
    TAKE(resultErrorField, PQresultErrorField)
    TAKE(commandStatus, PQcmdStatus)
    TAKE(rowCount, PQntuples)
    TAKE(columnType, PQftype)
    TAKE(isNull, PQgetisnull)
    TAKE(value, PQgetvalue)
    TAKE(length, PQgetlength)
    TAKE(clear, PQclear)
}

const wattline_pq *wattline_load_pq(const char **why) {
    pthread_once(&once, load);
    *why = failure;
    return failure == NULL ? &functions : NULL;
}
