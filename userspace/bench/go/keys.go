// SPDX-License-Identifier: GPL-2.0

package main

import (
	"log"
	"math/bits"
	"os"
	"syscall"
	"unsafe"
)

const rankCount = 0x400000

// keys is the choice of keys of one thread, as in ../keys.h.
type keys struct {
	random  uint64
	entries uint64
	ranks   *[rankCount]uint32
	cursor  uint32
}

func newKeys(entries uint64, ranks *[rankCount]uint32, thread int) keys {
	return keys{keyOf(uint64(thread) + 1), entries, ranks, uint32(thread) * (rankCount / 64)}
}

func keyOf(number uint64) uint64 {
	return number * 0x9e3779b97f4a7c15
}

func (k *keys) randomNext() uint64 {
	k.random ^= k.random << 13
	k.random ^= k.random >> 7
	k.random ^= k.random << 17
	return k.random
}

func randomBelow(random, bound uint64) uint64 {
	high, _ := bits.Mul64(random, bound)
	return high
}

func (k *keys) rankNext() uint64 {
	rank := k.ranks[k.cursor%rankCount]
	k.cursor++
	return uint64(rank)
}

func (k *keys) numberNext(random uint64) uint64 {
	if k.ranks == nil {
		return randomBelow(random, k.entries)
	}
	return randomBelow((k.rankNext()+1)*0xd1342543de82ef95, k.entries)
}

func loadRanks(path string) *[rankCount]uint32 {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	bytes, err := syscall.Mmap(int(file.Fd()), 0, rankCount*4, syscall.PROT_READ,
		syscall.MAP_SHARED|syscall.MAP_POPULATE)
	if err != nil {
		log.Fatal(err)
	}
	return (*[rankCount]uint32)(unsafe.Pointer(&bytes[0]))
}
