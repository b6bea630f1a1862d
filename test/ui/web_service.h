/* A small web service at fixed times, for screen tests.
 *
 * Process 100 (python3 server.py), ids are thread ids, all begins at 2023-11-14 22:13:20 UTC:
 *   fib_handler       5 times: 1, 2, 3, 4, 5 ms; in each fib_headers (100 us) and fib_write (all but 200 us)
 *   empty_handler     4 times: 500 us each, without spans inside
 *   download_handler  3 times: 2 ms, 3 ms, 1.5 s; in each download_headers (100 us) and download_write (all
 *                     but 300 us)
 * In the download of 1.5 s the thread also looks for a file in vain, opens /tmp/blob.bin.4, reads it and
 * sends it. */
#ifndef TEST_WEB_SERVICE_H
#define TEST_WEB_SERVICE_H

#include "src/engine/engine.h"

#define WEB_SERVICE_START 1700000000000000000ull
#define WEB_SERVICE_END (WEB_SERVICE_START + 5000000000ull)

/* NULL without memory. */
struct engine *web_service_new(void);

#endif
