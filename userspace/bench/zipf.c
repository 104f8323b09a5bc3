// SPDX-License-Identifier: GPL-2.0
/*
 * zipf ENTRIES >FILE: writes random ranks, as 32-bit numbers, that follow Zipf's
 * law with exponent 0.99, by the method of YCSB (Gray et al., "Quickly
 * generating billion-record synthetic databases", 1994).
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "keys.h"

#define EXPONENT	0.99

static double zeta(uint64_t entries)
{
	double sum = 0;

	for (uint64_t rank = 1; rank <= entries; rank++)
		sum += pow(rank, -EXPONENT);
	return sum;
}

int main(int argc, char **argv)
{
	uint64_t entries = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
	uint64_t state = 1;
	double sum, eta;

	if (entries < 2 || entries > UINT32_MAX)
		errx(2, "usage: zipf ENTRIES >FILE");
	sum = zeta(entries);
	eta = (1 - pow(2.0 / entries, 1 - EXPONENT)) / (1 - zeta(2) / sum);
	for (uint32_t i = 0; i < RANKS; i++) {
		double u = random_next(&state) / 0x1p64;
		uint32_t rank;

		if (u * sum < 1)
			rank = 0;
		else if (u * sum < zeta(2))
			rank = 1;
		else
			rank = entries * pow(eta * u - eta + 1, 1 / (1 - EXPONENT));
		if (rank >= entries)
			rank = entries - 1;
		if (fwrite(&rank, sizeof(rank), 1, stdout) != 1)
			err(1, "zipf");
	}
	return fflush(stdout) ? 1 : 0;
}
