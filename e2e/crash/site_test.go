package crash

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo"
)

// site is a demo in a folder that outlives it, on a small disk of its own where the test may make one.
type site struct {
	t      *testing.T
	binary string
	dir    string
	small  bool
	cmd    *exec.Cmd
	url    string
	output bytes.Buffer
	tokens map[string]string
}

// diskSize leaves PostgreSQL some room, and can be filled at once.
const diskSize = "900m"

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, binary: filepath.Join(t.TempDir(), "korpu"), dir: openFolder(t)}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", s.binary, "korpu/cmd/korpu").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if syscall.Mount("tmpfs", s.dir, "tmpfs", 0, "mode=0755,size="+diskSize) == nil {
		s.small = true
		t.Cleanup(func() { _ = syscall.Unmount(s.dir, syscall.MNT_DETACH) })
	} else {
		t.Log("no disk of its own can be mounted here: the rounds with a full disk are left out")
	}
	s.start()
	t.Cleanup(s.killAll)
	return s
}

// openFolder is one that PostgreSQL's user may enter, too.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "korpu-crash-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// start starts what is not running: all of it, or nothing.
func (s *site) start() {
	s.t.Helper()
	if s.cmd != nil {
		return
	}
	s.output.Reset()
	s.cmd = exec.CommandContext(context.Background(), s.binary, "demo", "--dir", s.dir, "--addr", "127.0.0.1:0", "--children", "60")
	s.cmd.Stderr = &s.output
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.waitForGreeting(stdout)
	s.tokens = map[string]string{}
	for _, who := range []string{"officer-sumgayit", "judge-sumgayit", "lawyer"} {
		printed, err := exec.CommandContext(s.t.Context(), s.binary, "token", "--as", who, "--dir", s.dir).Output()
		if err != nil {
			s.t.Fatal(err)
		}
		s.tokens[who] = strings.TrimSpace(string(printed))
	}
}

func (s *site) waitForGreeting(stdout io.Reader) {
	s.t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "POST "); ok {
			s.url = url
		}
		if strings.Contains(lines.Text(), "-d '{") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return
		}
	}
	_ = s.cmd.Wait()
	s.t.Fatalf("the demo did not start again: %s", &s.output)
}

// killHub ends the hub, as it stands; its PostgreSQL may live on, and the next start has to cope with that.
func (s *site) killHub() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// killPostgres ends the postmaster and, the load still going on, the hub.
func (s *site) killPostgres() {
	_ = syscall.Kill(s.postmaster(), syscall.SIGKILL)
	time.Sleep(300 * time.Millisecond)
	s.killHub()
}

// killBackend ends the process of one connection, so that PostgreSQL breaks off all others and recovers under the hub, which
// goes on.
func (s *site) killBackend() {
	admin := s.admin()
	defer admin.Close(context.Background())
	var pid int
	err := admin.QueryRow(context.Background(), "select pid from pg_stat_activity where usename = 'korpu_hub' order by random() limit 1").Scan(&pid)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	time.Sleep(2 * time.Second)
}

// fillDisk leaves no byte for the database, for a while under load, and has all of it end so.
func (s *site) fillDisk() {
	path := filepath.Join(s.dir, "full")
	f, err := os.Create(path)
	if err != nil {
		s.t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for err == nil {
		_, err = f.Write(chunk)
	}
	_ = f.Close()
	time.Sleep(2 * time.Second)
	s.killAll()
	if err := os.Remove(path); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) killAll() {
	if s.cmd == nil {
		return
	}
	pid := s.postmaster()
	s.killHub()
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// postmaster is the process of the demo's PostgreSQL.
func (s *site) postmaster() int {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		s.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil || pid < 2 {
		s.t.Fatalf("process %d, error %v", pid, err)
	}
	return pid
}

func (s *site) admin() *pgx.Conn {
	s.t.Helper()
	url, err := demo.AdminURL(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}
