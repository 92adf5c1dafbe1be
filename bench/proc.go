package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// What Linux tells of processes; elsewhere these figures are zero.

const tick = 10 * time.Millisecond // the kernel's unit of processor time

// cpuOf is the processor time that a process has used.
func cpuOf(pid int) time.Duration {
	fields := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return ticks(fields, user) + ticks(fields, system)
}

// cpuBelow is what the children of a process have used, those included that have ended.
func cpuBelow(parent int) time.Duration {
	fields := stat(fmt.Sprintf("/proc/%d/stat", parent))
	sum := ticks(fields, endedUser) + ticks(fields, endedSystem)
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is a constant
	for _, path := range paths {
		if fields := stat(path); fields != nil && string(fields[parentPID]) == strconv.Itoa(parent) {
			sum += ticks(fields, user) + ticks(fields, system)
		}
	}
	return sum
}

// The places in a stat file, counted after the name of the program.
const parentPID, user, system, endedUser, endedSystem = 1, 11, 12, 13, 14

func stat(path string) [][]byte {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // it has ended meanwhile
	}
	return bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // the name before may hold anything
}

func ticks(fields [][]byte, place int) time.Duration {
	if fields == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(fields[place]))
	return time.Duration(n) * tick
}

// memory is the size of a process in memory, its program included, in megabytes.
func memory(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(text, []byte("VmRSS:"))
	number, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	kilobytes, _ := strconv.Atoi(string(number))
	return float64(kilobytes) / 1024
}

func parentOf(pid int) int {
	fields := stat(fmt.Sprintf("/proc/%d/stat", pid))
	if fields == nil {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[parentPID]))
	return parent
}

// load is how many processes ran or waited to, in the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := bytes.Cut(text, []byte(" "))
	return string(first)
}

func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "an unknown processor"
	}
	_, rest, _ := bytes.Cut(text, []byte("model name"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	_, name, _ := bytes.Cut(line, []byte(": "))
	return string(name)
}
