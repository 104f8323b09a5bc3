// SPDX-License-Identifier: GPL-2.0

// go-native PEER measures Go's maps as ../main.c measures tables in C and C++,
// with the same commands, answers, keys and workloads. It is a program of its own,
// since a call from C to Go costs more than a lookup. Maps are called through an
// interface, as the other tables are called through pointers.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
)

func runCommand(peer peer, line string) {
	var entries uint64
	var threads int
	var seconds float64
	var name, keys string

	if n, _ := fmt.Sscanf(line, "fill %d %s", &entries, &name); n == 2 {
		fill(peer, entries, name)
	} else if n, _ := fmt.Sscanf(line, "run %s %s %d %f", &name, &keys, &threads, &seconds); n == 4 {
		run(name, keys == "zipf", threads, seconds)
	} else if n, _ := fmt.Sscanf(line, "grow %d %d %f", &entries, &threads, &seconds); n == 3 {
		grow(peer, entries, threads, seconds)
	} else if n, _ := fmt.Sscanf(line, "latency %d %d", &entries, &threads); n == 2 {
		latency(peer, entries, threads)
	} else if n, _ := fmt.Sscanf(line, "memory %d", &entries); n == 1 {
		memory(peer, entries)
	} else {
		log.Fatalf("unknown command: %s", line)
	}
}

func main() {
	if len(os.Args) != 2 || peers[os.Args[1]] == nil {
		log.Fatal("usage: go-native PEER")
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		runCommand(peers[os.Args[1]], lines.Text())
	}
}
