// SPDX-License-Identifier: GPL-2.0

package main

import (
	"fmt"
	"log"
	"sync/atomic"
	"time"
)

// Operations between two readings of the clock.
const burst = 256

// measured is the table that workloads run on, and the data that they share; see
// ../workload.h.
type measured struct {
	table      table
	entries    uint64
	ranks      *[rankCount]uint32
	threads    int
	reads      uint64
	newest     atomic.Uint64
	operations atomic.Uint64
}

type worker struct {
	*measured
	index   int
	keys    keys
	removed []uint64
	oldest  int
	missed  uint64
	_       [64]byte
}

type workload struct {
	reads                   uint64
	prepare, burst, restore func(w *worker)
}

var workloads = map[string]workload{
	"reads":  {reads: 256, burst: (*worker).mix},
	"95/5":   {reads: 243, burst: (*worker).mix},
	"90/10":  {reads: 230, burst: (*worker).mix},
	"50/50":  {reads: 128, burst: (*worker).mix},
	"churn":  {prepare: (*worker).churnPrepare, burst: (*worker).churn, restore: (*worker).churnRestore},
	"ycsb-d": {reads: 243, burst: (*worker).latest, restore: (*worker).latestRestore},
	"ycsb-f": {reads: 128, burst: (*worker).modify},
}

func (w *worker) mustBe(found bool) {
	if !found {
		w.missed++
	}
}

func (w *worker) mix() {
	for i := 0; i < burst; i++ {
		random := w.keys.randomNext()
		key := keyOf(w.keys.numberNext(random))
		if random&255 < w.reads {
			_, found := w.table.lookup(key)
			w.mustBe(found)
		} else {
			w.table.store(key, random)
		}
	}
}

func (w *worker) modify() {
	for i := 0; i < burst; i++ {
		random := w.keys.randomNext()
		key := keyOf(w.keys.numberNext(random))
		value, found := w.table.lookup(key)
		w.mustBe(found)
		if random&255 >= w.reads {
			w.table.store(key, value+1)
		}
	}
}

func (w *worker) latest() {
	for i := 0; i < burst; i++ {
		random := w.keys.randomNext()
		if random&255 < w.reads {
			w.table.lookup(keyOf(w.newest.Load() - 1 - w.keys.rankNext()))
		} else {
			w.mustBe(w.table.insert(keyOf(w.newest.Add(1)-1), random))
		}
	}
}

func (w *worker) latestRestore() {
	newest := w.newest.Load()
	for number := w.entries + uint64(w.index); number < newest; number += uint64(w.threads) {
		w.mustBe(w.table.remove(keyOf(number)))
	}
}

func (w *worker) ownRandomKey() uint64 {
	threads := uint64(w.threads)
	return keyOf(randomBelow(w.keys.randomNext(), w.entries/threads)*threads + uint64(w.index))
}

func (w *worker) churnPrepare() {
	w.removed = make([]uint64, 0, w.entries/uint64(w.threads)/16)
	for len(w.removed) < cap(w.removed) {
		if key := w.ownRandomKey(); w.table.remove(key) {
			w.removed = append(w.removed, key)
		}
	}
}

func (w *worker) churn() {
	for i := 0; i < burst/2; i++ {
		key := w.ownRandomKey()
		if !w.table.remove(key) {
			continue
		}
		w.mustBe(w.table.insert(w.removed[w.oldest], 1))
		w.removed[w.oldest] = key
		w.oldest = (w.oldest + 1) % len(w.removed)
	}
}

func (w *worker) churnRestore() {
	for _, key := range w.removed {
		w.mustBe(w.table.insert(key, 1))
	}
}

// workUntil returns the number of operations.
func (w *worker) workUntil(workload workload, deadline time.Duration) uint64 {
	operations := uint64(0)
	for {
		workload.burst(w)
		operations += burst
		if now() >= deadline {
			return operations
		}
	}
}

var filled *measured

func fill(peer peer, entries uint64, ranks string) {
	filled = &measured{table: peer(), entries: entries, ranks: loadRanks(ranks)}
	fmt.Printf("{\"seconds\": %f}\n", insertAll(filled.table, entries, 1).Seconds())
}

func run(name string, zipf bool, threads int, seconds float64) {
	workload, found := workloads[name]
	if !found || filled == nil {
		log.Fatalf("cannot run '%s'", name)
	}
	m := &measured{table: filled.table, entries: filled.entries, threads: threads, reads: workload.reads}
	if zipf {
		m.ranks = filled.ranks
	}
	m.newest.Store(m.entries)
	workers := make([]worker, threads)
	for i := range workers {
		workers[i] = worker{measured: m, index: i, keys: newKeys(m.entries, m.ranks, i)}
	}
	optional := func(step func(w *worker)) func(m *member) {
		if step == nil {
			return nothing
		}
		return func(m *member) { step(&workers[m.index]) }
	}
	duration := time.Duration(seconds * 1e9)
	taken := runThreads(threads, optional(workload.prepare), func(member *member) {
		w := &workers[member.index]
		w.workUntil(workload, member.began+duration/4)
		member.began = now()
		m.operations.Add(w.workUntil(workload, member.began+duration))
	}, optional(workload.restore))
	missed := uint64(0)
	for i := range workers {
		missed += workers[i].missed
	}
	fmt.Printf("{\"operations\": %d, \"seconds\": %f, \"missed\": %d}\n",
		m.operations.Load(), taken.Seconds(), missed)
}
