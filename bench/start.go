package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// measureStart takes the time from the built binary on an empty folder to the first answer, and once more on the data that
// are there then.
func (b *bench) measureStart(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "korpu-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(folder)
	binary := filepath.Join(folder, "korpu")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/korpu")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the hub: %w\n%s", err, out)
	}
	for _, name := range []string{"start.demo_seconds", "start.demo_again_seconds"} {
		took, err := startDemo(ctx, binary, filepath.Join(folder, "demo"))
		if err != nil {
			return err
		}
		b.figures = append(b.figures, figure{name: name, value: took.Seconds(), target: 15, most: true, decimal: 1})
	}
	return nil
}

func startDemo(ctx context.Context, binary, folder string) (time.Duration, error) {
	began := time.Now()
	demo := exec.CommandContext(ctx, binary, "demo", "--addr", "127.0.0.1:0", "--dir", folder)
	output, err := demo.StdoutPipe()
	if err != nil {
		return 0, fmt.Errorf("start the demo: %w", err)
	}
	if err := demo.Start(); err != nil {
		return 0, fmt.Errorf("start the demo: %w", err)
	}
	defer func() {
		_ = demo.Process.Signal(syscall.SIGTERM) // it ends by itself, and takes its PostgreSQL with it
		_ = demo.Wait()
	}()
	addr, err := announced(bufio.NewScanner(output))
	if err != nil {
		return 0, err
	}
	if err := firstAnswer(ctx, binary, folder, addr); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

// announced reads the greeting of the demo as far as its address.
func announced(lines *bufio.Scanner) (string, error) {
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok {
			addr, _, _ := strings.Cut(rest, "/")
			return addr, nil
		}
	}
	return "", fmt.Errorf("the demo ended without an address: %w", net.ErrClosed)
}

// firstAnswer is that of a court clerk's question, with a token as the command line makes it.
func firstAnswer(ctx context.Context, binary, folder, addr string) error {
	token, err := exec.CommandContext(ctx, binary, "token", "--as", "court_clerk", "--dir", folder).Output()
	if err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	body := `{"query":"{ hearings(first: 3) { nodes { id at place statusCard { caseNumber status } } } }"}`
	l, err := dial(ctx, addr)
	if err != nil {
		return err
	}
	defer l.close()
	answer, err := l.ask(fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s",
		addr, strings.TrimSpace(string(token)), len(body), body))
	if err == nil && len(identifiers(answer)) != 3 {
		err = fmt.Errorf("the first answer of the demo is not whole: %.300s", answer)
	}
	return err
}
