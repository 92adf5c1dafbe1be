package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options of a run; the defaults are those of `make bench`.
type options struct {
	rounds       int
	span         time.Duration
	cases, large int
	peers, demo  bool
	dir, out     string
	profile      string
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "contestant" {
		end(play(context.Background(), os.Args[2]))
	}
	o := options{}
	flag.IntVar(&o.rounds, "rounds", 5, "interleaved rounds; the figures are their medians")
	flag.DurationVar(&o.span, "window", 3*time.Second, "how long each contestant is asked in a round")
	flag.IntVar(&o.cases, "cases", 200_000, "cases in the database")
	flag.IntVar(&o.large, "large", 1_000_000, "cases in the second database, for growth; 0 leaves growth out")
	flag.BoolVar(&o.peers, "peers", os.Getenv("PEERS") == "1", "measure PostGraphile too, as PEERS=1 does")
	flag.BoolVar(&o.demo, "demo", true, "measure how fast the demo starts")
	flag.StringVar(&o.dir, "dir", "bench/.data", "where the databases are kept between runs")
	flag.StringVar(&o.out, "out", "bench/results.md", "where the results are written; empty: nowhere")
	flag.StringVar(&o.profile, "profile", "", "a file for a CPU profile of the hub")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, o)
	stop()
	end(err)
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func note(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
