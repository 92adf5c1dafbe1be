package refdocs

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"korpu/internal/fault"
)

// Errors is the list of codes.
func Errors() string {
	var b strings.Builder
	b.WriteString("# Errors\n\n" + Generated)
	b.WriteString("Every error has `extensions.code`. A record that the caller may not see has no error: it is null or absent, as one that never\n" +
		"existed. A field that is closed on one record is null and stands in the record's `withheld`, where the rule lets it be told.\n\n")
	b.WriteString("| code | says | what to do |\n| --- | --- | --- |\n")
	for _, m := range fault.Meanings {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.Code, m.Says, m.ToDo)
	}
	return b.String()
}

// Commands is the command line, command by command.
func Commands(app *kong.Application) string {
	var b strings.Builder
	b.WriteString("# Command line\n\n" + Generated)
	for _, leaf := range app.Leaves(true) {
		fmt.Fprintf(&b, "## korpu %s\n\n%s\n\n", leaf.Path(), leaf.Help)
		writeFlags(&b, leaf.Positional, leaf.Flags)
	}
	return b.String()
}

func writeFlags(b *strings.Builder, positional []*kong.Positional, flags []*kong.Flag) {
	if len(positional)+len(flags) == 0 {
		return
	}
	b.WriteString("| flag | environment | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, p := range positional {
		fmt.Fprintf(b, "| %s | | | %s |\n", cell(p.Summary()), cell(p.Help))
	}
	for _, f := range flags {
		fmt.Fprintf(b, "| `--%s` | %s | %s | %s |\n", f.Name, strings.Join(f.Envs, ", "), cell(f.Default), cell(f.Help))
	}
	b.WriteString("\n")
}
