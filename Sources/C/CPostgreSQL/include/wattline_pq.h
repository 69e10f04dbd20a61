#ifndef WATTLINE_PQ_H
#define WATTLINE_PQ_H

#include <postgresql/libpq-fe.h>

/// The functions of libpq that are called. It is loaded when a ledger is on a server: linked, it and what it pulls in would cost each of a
/// network's processes memory.
typedef struct {
    __typeof__(&PQconnectdbParams) connect;
    __typeof__(&PQfinish) finish;
    __typeof__(&PQstatus) status;
    __typeof__(&PQtransactionStatus) transactionStatus;
    __typeof__(&PQerrorMessage) errorMessage;
    __typeof__(&PQsocket) socket;
    __typeof__(&PQsendQuery) sendQuery;
    __typeof__(&PQsendPrepare) sendPrepare;
    __typeof__(&PQsendQueryPrepared) sendPrepared;
    __typeof__(&PQsetSingleRowMode) setSingleRowMode;
    __typeof__(&PQsetnonblocking) setNonBlocking;
    __typeof__(&PQsetNoticeProcessor) setNoticeProcessor;
    __typeof__(&PQflush) flush;
    __typeof__(&PQconsumeInput) consumeInput;
    __typeof__(&PQisBusy) isBusy;
    __typeof__(&PQgetResult) getResult;
    __typeof__(&PQresultStatus) resultStatus;
    __typeof__(&PQresultErrorField) resultErrorField;
    __typeof__(&PQcmdStatus) commandStatus;
    __typeof__(&PQntuples) rowCount;
    __typeof__(&PQftype) columnType;
    __typeof__(&PQgetisnull) isNull;
    __typeof__(&PQgetvalue) value;
    __typeof__(&PQgetlength) length;
    __typeof__(&PQclear) clear;
} wattline_pq;

/// libpq, loaded once and kept; NULL when it can't be, with the reason in `why`.
const wattline_pq *wattline_load_pq(const char **why);

#endif
