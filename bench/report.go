package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// report prints one line for each figure, and writes the file with all that was measured.
func (b *bench) report(ctx context.Context, began string) error {
	for _, f := range b.figures {
		fmt.Println(f)
	}
	if b.out == "" {
		return nil
	}
	var text strings.Builder
	b.writeHead(ctx, &text, began)
	text.WriteString("\n| figure | value | over the rounds | target | |\n| --- | ---: | --- | --- | --- |\n")
	for _, f := range b.figures {
		fmt.Fprintf(&text, "| %s | %.*f | %s | %s | %s |\n", f.name, f.decimal, f.value, f.spread, f.goal(), f.verdict())
	}
	text.WriteString("\n| question | contestant | answers a second | p50 ms | p99 ms | µs of its own | µs of PostgreSQL | bytes |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, l := range b.lanes {
		l.write(&text)
	}
	if err := os.WriteFile(b.out, []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

func (b *bench) writeHead(ctx context.Context, text *strings.Builder, began string) {
	command := strings.Join(append([]string{"go run ./bench"}, os.Args[1:]...), " ")
	fmt.Fprintf(text, "# Results of `%s`\n\nWritten by the run; README.md tells what is measured and how.\n\n", command)
	fmt.Fprintf(text, "- %s, load of the machine %s before and %s after\n", time.Now().UTC().Format(time.DateOnly), began, load())
	fmt.Fprintf(text, "- %d cores of %s, %s\n", runtime.NumCPU(), processor(), runtime.GOOS+"/"+runtime.GOARCH)
	fmt.Fprintf(text, "- %s\n", strings.Join(b.versions(ctx), ", "))
	fmt.Fprintf(text, "- %d cases, %d rounds of %s each, %d connections, %d connections of each contestant to PostgreSQL\n", b.cases, b.options.rounds, b.span, usual, conns)
}

func (b *bench) versions(ctx context.Context) []string {
	all := []string{runtime.Version()}
	err := b.store.as(ctx, "postgres", func(conn *pgx.Conn) error {
		all = append(all, "PostgreSQL "+conn.PgConn().ParameterStatus("server_version"))
		return nil
	})
	if err != nil {
		all = append(all, "PostgreSQL of an unknown version")
	}
	if b.peers {
		all = append(all, peerVersions()...)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return all
	}
	for _, d := range info.Deps {
		if slices.Contains([]string{"github.com/jackc/pgx/v5", "github.com/99designs/gqlgen"}, d.Path) {
			all = append(all, d.Path+" "+d.Version)
		}
	}
	return all
}

// write is a contestant's line of the table: medians over the rounds.
func (l *lane) write(text *strings.Builder) {
	of := func(value func(result) float64) float64 {
		var all []float64
		for _, r := range l.results {
			all = append(all, value(r))
		}
		slices.Sort(all)
		return median(all)
	}
	fmt.Fprintf(text, "| %s | %s | %.0f | %.2f | %.2f | %.0f | %.0f | %d |\n", l.kind.name, l.name,
		of(func(r result) float64 { return r.rate }),
		of(func(r result) float64 { return r.p50.Seconds() * 1000 }), of(func(r result) float64 { return r.p99.Seconds() * 1000 }),
		of(func(r result) float64 { return r.own }), of(func(r result) float64 { return r.pg }), l.size())
}
