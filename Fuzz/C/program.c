// A fuzzing program of one body in C: BODY is its name.
#include <stdio.h>
#include <stdlib.h>

#include "fuzz_bodies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *fault = BODY(data, size);
    if (fault) {
        fprintf(stderr, "fault: %s\n", fault);
        abort();
    }
    return 0;
}
