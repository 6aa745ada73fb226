#include <postgresql/libpq-fe.h>

/* libpq 17 can queue a Sync without sending it; the headers of older ones do not declare it. Only where
 * mesh_lazy_pq_has_send_sync says so. */
extern int PQsendPipelineSync(PGconn *conn);

/* A receiver of notices that drops them: libpq's own prints to stderr, and a C callback needs an address. */
static inline void mesh_pq_ignore(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}
static inline void mesh_pq_silence(PGconn *conn) { PQsetNoticeReceiver(conn, mesh_pq_ignore, (void *)0); }
