package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// usage is the processor time of each process, in seconds.
type usage map[string]float64

// ticks is how Linux counts processor time for programs: always 100 a second.
const ticks = 100

// processes lists the fleet's processes by name. Those of a fleet elsewhere are
// not known.
func (b *bench) processes() map[string]int {
	found := map[string]int{"generator": os.Getpid()}
	for name, pid := range b.target.facts.PIDs {
		if pid > 0 {
			found[name] = pid
		}
	}
	if b.target.pid > 0 {
		found["gateway"] = b.target.pid
		if broker := childOf(b.target.pid, "kafka"); broker > 0 {
			found["kafka"] = broker
		}
	}
	return found
}

// childOf finds a child process by its first argument; 0 if there is none.
func childOf(parent int, argument string) int {
	var children []byte
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, thread := range threads { // a child belongs to the thread that started it
		more, _ := os.ReadFile(thread) // #nosec G304 -- of the kernel
		children = append(append(children, ' '), more...)
	}
	for _, field := range strings.Fields(string(children)) {
		line, _ := os.ReadFile("/proc/" + field + "/cmdline")
		if parts := strings.Split(string(line), "\x00"); len(parts) > 1 && parts[1] == argument {
			pid, _ := strconv.Atoi(field)
			return pid
		}
	}
	return 0
}

func (b *bench) usage() usage {
	found := usage{}
	for name, pid := range b.processes() {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // not on this machine
		}
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		user, _ := strconv.ParseFloat(fields[11], 64)
		system, _ := strconv.ParseFloat(fields[12], 64)
		found[name] = (user + system) / ticks
	}
	return found
}

func (u usage) minus(before usage) usage {
	spent := usage{}
	for name, seconds := range u {
		spent[name] = seconds - before[name]
	}
	return spent
}

// perOrder is the time in microseconds that each process spent for an order.
func (u usage) perOrder(orders int64) map[string]float64 {
	shares := map[string]float64{}
	for name, seconds := range u {
		shares[name] = seconds * 1e6 / float64(max(orders, 1))
	}
	return shares
}

// memory is the resident memory of each process in MiB.
func (b *bench) memory() map[string]float64 {
	found := map[string]float64{}
	for name, pid := range b.processes() {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue // not on this machine
		}
		for line := range strings.Lines(string(raw)) {
			if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				found[name] = kib / 1024
			}
		}
	}
	return found
}
