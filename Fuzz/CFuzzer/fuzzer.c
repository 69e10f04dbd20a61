#include "fuzzer.h"

// libFuzzer's door; it comes with `--sanitize fuzzer`.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));

int fuzz(int argc, char **argv, int (*one_input)(const uint8_t *data, size_t size)) { return LLVMFuzzerRunDriver(&argc, &argv, one_input); }
