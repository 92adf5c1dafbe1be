package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// conns is the size of the pool of every contestant.
const conns = 8

// assignment is what a contestant's process is told on its standard input. It ends when that input ends.
type assignment struct {
	Database string
	Issuer   string   // of tokens; for the hub
	Agencies []string // that the issuer may speak for
	Audit    bool     // whether the hub records its answers
	Profile  string   // a file to write a CPU profile to
}

// process is a contestant that runs.
type process struct {
	name  string
	addr  string
	pid   int
	input io.Closer
	ended chan error
}

// launch starts a contestant as a process of its own: this program again, or another one. The first line that it writes
// is where it listens.
func launch(ctx context.Context, name string, command []string, a assignment) (*process, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	// The garbage collector as the hub's own main sets it, for every contestant; Node and PostGraphile as in production.
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=512MiB", "GRAPHILE_ENV=production", "NODE_ENV=production")
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := json.NewEncoder(input).Encode(a); err != nil {
		return nil, fmt.Errorf("tell %s its task: %w", name, err)
	}
	addr, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s did not say where it listens: %w", name, err)
	}
	p := &process{name: name, addr: strings.TrimSpace(addr), pid: cmd.Process.Pid, input: input, ended: make(chan error, 1)}
	go func() {
		_, _ = io.Copy(io.Discard, output)
		p.ended <- cmd.Wait()
	}()
	return p, nil
}

// own is the command of a contestant that this program plays itself.
func own(name string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return []string{self, "contestant", name}, nil
}

// stop ends the contestant, orderly.
func (p *process) stop() error {
	if err := p.input.Close(); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	if err := <-p.ended; err != nil {
		return fmt.Errorf("%s ended badly: %w", p.name, err)
	}
	return nil
}

// serve answers on a listener until the context ends.
type serve func(context.Context, net.Listener) error

// players are the contestants that this program plays itself; each is ready to answer when it returns.
var players = map[string]func(context.Context, assignment) (serve, error){
	"hub": playHub, "byhand": byHand, "inpostgres": inPostgres,
}

// play is the whole of a contestant's process.
func play(ctx context.Context, name string) error {
	input := bufio.NewReader(os.Stdin)
	line, err := input.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	var a assignment
	if err := json.Unmarshal(line, &a); err != nil {
		return fmt.Errorf("read the task: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	answer, err := players[name](ctx, a)
	if err != nil {
		cancel()
		return err
	}
	stopProfile, err := profile(a.Profile)
	if err != nil {
		cancel()
		return err
	}
	defer stopProfile()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		cancel()
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, input) // ends when the benchmark says so, or has died
		cancel()
	}()
	return answer(ctx, listener)
}

// plain serves a handler as net/http does by itself.
func plain(handler http.Handler) serve {
	return func(ctx context.Context, l net.Listener) error {
		s := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
		go func() {
			<-ctx.Done()
			_ = s.Close() // nobody asks any more
		}()
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	}
}
