// SPDX-License-Identifier: GPL-2.0

package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"runtime"
	"sort"
	"time"
)

func insertAll(table table, entries uint64, threads int) time.Duration {
	return runThreads(threads, nothing, func(m *member) {
		for number := uint64(m.index); number < entries; number += uint64(threads) {
			if !table.insert(keyOf(number), number) {
				log.Fatal("an insert failed")
			}
		}
	}, nothing)
}

// grow collects the garbage of each table before it makes the next: tables in
// C are also destroyed outside of the measured time.
func grow(peer peer, entries uint64, threads int, seconds float64) {
	end := now() + time.Duration(seconds*1e9)
	var taken time.Duration
	operations := uint64(0)
	for more := true; more; more = now() < end {
		taken += insertAll(peer(), entries, threads)
		operations += entries
		runtime.GC()
	}
	fmt.Printf("{\"operations\": %d, \"seconds\": %f, \"missed\": 0}\n", operations, taken.Seconds())
}

// printSamples prints what ../latency.c prints from a histogram. Here all
// samples are kept and sorted.
func printSamples(perThread [][]uint32) {
	var samples []uint32
	for _, some := range perThread {
		samples = append(samples, some...)
	}
	sort.Slice(samples, func(i, j int) bool { return samples[i] < samples[j] })
	at := func(part float64) uint32 { return samples[int(part*float64(len(samples)-1))] }
	fmt.Printf("{\"p50\": %d, \"p99\": %d, \"p99.9\": %d, \"p99.99\": %d, \"max\": %d}",
		at(.5), at(.99), at(.999), at(.9999), at(1))
}

func nanoseconds(taken time.Duration) uint32 {
	if taken > 1<<32-1 {
		return 1<<32 - 1
	}
	return uint32(taken)
}

// prepareSamples touches the memory of the samples, so that this is not
// measured.
func prepareSamples(threads, each int) [][]uint32 {
	samples := make([][]uint32, threads)
	for i := range samples {
		samples[i] = make([]uint32, each)
		for j := range samples[i] {
			samples[i][j] = 1
		}
	}
	return samples
}

// latency measures the time of each insert. Then the same threads do the same
// without inserts, for the same time.
func latency(peer peer, entries uint64, threads int) {
	table := peer()
	each := int(entries)/threads + 1
	samples := prepareSamples(threads, each)
	taken := runThreads(threads, nothing, func(m *member) {
		mine := samples[m.index][:0]
		for number := uint64(m.index); number < entries; number += uint64(threads) {
			before := now()
			inserted := table.insert(keyOf(number), number)
			mine = append(mine, nanoseconds(now()-before))
			if !inserted {
				log.Fatal("an insert failed")
			}
		}
		samples[m.index] = mine
	}, nothing)
	fmt.Print("{\"insert\": ")
	printSamples(samples)

	table = nil
	runtime.GC()
	// If there are more samples than capacity, the last one is the longest of the rest.
	samples = prepareSamples(threads, each)
	runThreads(threads, nothing, func(m *member) {
		mine := samples[m.index]
		for i, after := 0, m.began; after < m.began+taken; {
			before := now()
			after = now()
			if sample := nanoseconds(after - before); i < len(mine)-1 {
				mine[i] = sample
				i++
			} else if sample > mine[i] {
				mine[i] = sample
			}
		}
	}, nothing)
	fmt.Print(", \"nothing\": ")
	printSamples(samples)
	fmt.Println("}")
}

func resident() uint64 {
	rollup, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		log.Fatal(err)
	}
	var kilobytes uint64
	at := bytes.Index(rollup, []byte("Anonymous:"))
	if _, err := fmt.Sscanf(string(rollup[at:]), "Anonymous: %d", &kilobytes); err != nil {
		log.Fatal(err)
	}
	return kilobytes * 1024
}

// alive is the size of the heap after a garbage collection.
func alive() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// memory samples the same sizes as ../memory.c. The live heap stands for the size
// that a table reports. The garbage collection that it needs returns some pages:
// so resident memory is sampled in a first growth, and the live heap in a second.
func memory(peer peer, entries uint64) {
	type size struct{ entries, resident, alive uint64 }
	var sizes []size
	growing := func(each func(number uint64)) {
		table, number, doubled := peer(), uint64(0), uint64(1024)
		for next := doubled; next <= entries; next += doubled / 4 {
			for ; number < next; number++ {
				table.insert(keyOf(number), number)
			}
			each(number)
			if next == 2*doubled {
				doubled = next
			}
		}
		runtime.KeepAlive(table)
	}
	before := resident()
	growing(func(number uint64) {
		sizes = append(sizes, size{entries: number, resident: resident() - before})
	})
	before = alive()
	at := 0
	growing(func(uint64) {
		sizes[at].alive = alive() - before
		at++
	})
	fmt.Print("{\"sizes\": [")
	for i, s := range sizes {
		if i > 0 {
			fmt.Print(", ")
		}
		fmt.Printf("[%d, %d, %d]", s.entries, s.resident, s.alive)
	}
	fmt.Println("]}")
}
