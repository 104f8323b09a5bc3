// SPDX-License-Identifier: GPL-2.0

package main

import (
	"log"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var epoch = time.Now()

// now reads the monotonic clock, as ../cpus.c does.
func now() time.Duration { return time.Since(epoch) }

type cpuSet [16]uint64

func affinity(number uintptr, set *cpuSet) {
	if _, _, errno := syscall.RawSyscall(number, 0, unsafe.Sizeof(*set),
		uintptr(unsafe.Pointer(set))); errno != 0 {
		log.Fatal(errno)
	}
}

// pin restricts the calling thread to the CPU with the number index among those
// allowed. The thread ends with its goroutine, which never unlocks it.
func pin(index int) {
	var allowed, one cpuSet
	var cpus []int

	runtime.LockOSThread()
	affinity(syscall.SYS_SCHED_GETAFFINITY, &allowed)
	for word, mask := range allowed {
		for ; mask != 0; mask &= mask - 1 {
			cpus = append(cpus, word*64+bits.TrailingZeros64(mask))
		}
	}
	cpu := cpus[index%len(cpus)]
	one[cpu/64] = 1 << (cpu % 64)
	affinity(syscall.SYS_SCHED_SETAFFINITY, &one)
}

// A member is a thread of a group. The function work may set began again.
type member struct {
	index        int
	began, ended time.Duration
}

// runThreads runs work in threads that start at the same time, and returns the
// time from the first start to the last end.
func runThreads(threads int, prepare, work, finish func(m *member)) time.Duration {
	var arrived [2]atomic.Int32
	var done sync.WaitGroup
	members := make([]member, threads)
	waitForAll := func(barrier int) {
		arrived[barrier].Add(1)
		for arrived[barrier].Load() < int32(threads) {
		}
	}

	done.Add(threads)
	for i := range members {
		go func(m *member, index int) {
			defer done.Done()
			m.index = index
			pin(index)
			prepare(m)
			waitForAll(0)
			m.began = now()
			work(m)
			m.ended = now()
			waitForAll(1)
			finish(m)
		}(&members[i], i)
	}
	done.Wait()
	first, last := members[0].began, members[0].ended
	for _, m := range members {
		if m.began < first {
			first = m.began
		}
		if m.ended > last {
			last = m.ended
		}
	}
	return last - first
}

func nothing(*member) {}
