/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fuzz target, with the name and the types that libFuzzer requires.
 */
#ifndef _NATIVE_TESTS_FUZZ_H
#define _NATIVE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* _NATIVE_TESTS_FUZZ_H */
