// libFuzzer for a program that has a main of its own.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with the arguments of the program until it ends.
/// - Parameter one_input: called with each input; traps at one that shows a fault.
/// - Returns: the program's exit code.
int fuzz(int argc, char **argv, int (*one_input)(const uint8_t *data, size_t size));
