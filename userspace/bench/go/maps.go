// SPDX-License-Identifier: GPL-2.0

package main

import "sync"

// A table has keys and values of eight bytes. Operations return the same as those
// of ../peer.h.
type table interface {
	lookup(key uint64) (uint64, bool)
	store(key, value uint64)
	insert(key, value uint64) bool
	remove(key uint64) bool
}

// A peer makes an empty table.
type peer func() table

var peers = map[string]peer{
	"go-sync.Map": func() table { return new(syncMap) },
	"go-rwmutex":  func() table { return newLocked() },
	"go-sharded":  func() table { return newSharded() },
}

// syncMap is sync.Map of the standard library: keys and values are interfaces.
type syncMap struct{ entries sync.Map }

func (m *syncMap) lookup(key uint64) (uint64, bool) {
	value, found := m.entries.Load(key)
	if !found {
		return 0, false
	}
	return value.(uint64), true
}

func (m *syncMap) store(key, value uint64) {
	m.entries.Store(key, value)
}

func (m *syncMap) insert(key, value uint64) bool {
	_, found := m.entries.LoadOrStore(key, value)
	return !found
}

func (m *syncMap) remove(key uint64) bool {
	_, found := m.entries.LoadAndDelete(key)
	return found
}

// locked is a map with a readers-writer lock.
type locked struct {
	lock    sync.RWMutex
	entries map[uint64]uint64
}

func newLocked() *locked {
	return &locked{entries: make(map[uint64]uint64)}
}

func (m *locked) lookup(key uint64) (uint64, bool) {
	m.lock.RLock()
	value, found := m.entries[key]
	m.lock.RUnlock()
	return value, found
}

func (m *locked) store(key, value uint64) {
	m.lock.Lock()
	m.entries[key] = value
	m.lock.Unlock()
}

func (m *locked) insert(key, value uint64) bool {
	m.lock.Lock()
	_, found := m.entries[key]
	if !found {
		m.entries[key] = value
	}
	m.lock.Unlock()
	return !found
}

func (m *locked) remove(key uint64) bool {
	m.lock.Lock()
	_, found := m.entries[key]
	delete(m.entries, key)
	m.lock.Unlock()
	return found
}

const shards = 64

// sharded spreads keys over maps, each with a lock, on cache lines of its own.
type sharded [shards]struct {
	locked
	_ [96]byte
}

func newSharded() *sharded {
	m := new(sharded)
	for i := range m {
		m[i].entries = make(map[uint64]uint64)
	}
	return m
}

// shard chooses by the finalizer of MurmurHash3, as bench_hash() in ../peer.h.
func (m *sharded) shard(key uint64) *locked {
	key ^= key >> 33
	key *= 0xff51afd7ed558ccd
	key ^= key >> 33
	key *= 0xc4ceb9fe1a85ec53
	key ^= key >> 33
	return &m[key%shards].locked
}

func (m *sharded) lookup(key uint64) (uint64, bool) { return m.shard(key).lookup(key) }
func (m *sharded) store(key, value uint64)          { m.shard(key).store(key, value) }
func (m *sharded) insert(key, value uint64) bool    { return m.shard(key).insert(key, value) }
func (m *sharded) remove(key uint64) bool           { return m.shard(key).remove(key) }
