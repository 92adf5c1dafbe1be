// Package demo runs the binary as its users do: from nothing, as root and as an ordinary user, killed and started again.
package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"korpu/internal/demo"
)

// binary builds korpu once, where every user may run it.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "korpu-binary-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "korpu")
	out, err := exec.Command("go", "build", "-o", path, "korpu/cmd/korpu").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, os.Chmod(dir, 0o755)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// run is a running demo.
type run struct {
	t      *testing.T
	dir    string
	user   *syscall.Credential
	cmd    *exec.Cmd
	url    string
	output *bytes.Buffer
}

func start(t *testing.T, dir string, user *syscall.Credential) *run {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, dir: dir, user: user, output: &bytes.Buffer{}}
	r.cmd = exec.CommandContext(context.Background(), path, "demo", "--dir", dir, "--addr", "127.0.0.1:0", "--children", "300")
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	r.cmd.Stderr = r.output
	r.cmd.Env = append(os.Environ(), "HOME="+dir)
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kill)
	r.waitForGreeting(stdout)
	return r
}

func (r *run) waitForGreeting(stdout io.Reader) {
	r.t.Helper()
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, url, ok := strings.Cut(lines.Text(), "POST "); ok {
			r.url = strings.TrimSuffix(url, "/graphql")
		}
		if strings.Contains(lines.Text(), "-d '{") {
			go func() { _, _ = io.Copy(io.Discard, stdout) }()
			return
		}
	}
	_ = r.cmd.Wait()
	r.t.Fatalf("the demo ended before it answered: %s", r.output)
}

func (r *run) kill() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// ask asks as a role, with a token that the command line printed.
func (r *run) ask(role, query string) string {
	r.t.Helper()
	path, err := binary()
	if err != nil {
		r.t.Fatal(err)
	}
	token := exec.CommandContext(r.t.Context(), path, "token", "--as", role, "--dir", r.dir)
	token.SysProcAttr = &syscall.SysProcAttr{Credential: r.user}
	printed, err := token.Output()
	if err != nil {
		r.t.Fatal(err)
	}
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(printed)))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("status %d, error %v: %s", response.StatusCode, err, text)
	}
	return string(text)
}

// hearings goes past those to come, which need not have a diversion: the country is as of the day of the run.
const hearings = "{ hearings(first: 100) { nodes { at statusCard { caseNumber status } } totalCount } }"

func TestADemoAnswersFromNothing(t *testing.T) {
	r := start(t, t.TempDir(), nil)
	if answer := r.ask("court_clerk", hearings); !strings.Contains(answer, `"caseNumber"`) {
		t.Fatalf("no card in %s", answer)
	}
}

func TestADemoAnswersFromNothingForAnOrdinaryUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("this test starts as root; run as an ordinary user, the other tests show the same")
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("", "korpu-demo-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	r := start(t, dir, &syscall.Credential{Uid: nobody, Gid: nobody})
	if answer := r.ask("court_clerk", hearings); !strings.Contains(answer, `"caseNumber"`) {
		t.Fatalf("no card in %s", answer)
	}
}

func TestADemoThatWasKilledStartsAgainWithItsData(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir, nil)
	before := first.ask("clinic_lawyer", "{ children(first: 100) { nodes { id familyName } totalCount } }")
	if err := first.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = first.cmd.Wait()
	second := start(t, dir, nil)
	if after := second.ask("clinic_lawyer", "{ children(first: 100) { nodes { id familyName } totalCount } }"); after != before {
		t.Fatalf("before the kill:\n%s\nafter:\n%s", before, after)
	}
}

const ownNotes = "{ children(first: 100) { nodes { legalNotes { nodes { title } } } } }"

// The notes of the release before the vault stood in the clear; nothing that reads them is left.
func TestADemoOfAReleaseThatKeptNotesInTheClearIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir, nil)
	before := first.ask("clinic_lawyer", ownNotes)
	admin, err := demo.AdminURL(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, sql := range []string{
		"alter table korpu.legal_note drop column title cascade, drop column body cascade",
		"alter table korpu.legal_note add column title text not null default 'in the clear', add column body text not null default 'in the clear'",
		"drop table korpu.data_key",
		"delete from goose_db_version where version_id >= 13",
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	first.kill()
	second := start(t, dir, nil)
	after := second.ask("clinic_lawyer", ownNotes)
	second.kill() // its output is whole only then
	if after != before || !strings.Contains(second.output.String(), "made anew") {
		t.Fatalf("before:\n%s\nafter:\n%s\n%s", before, after, second.output)
	}
}

func TestADemoThatIsAskedToStopEndsWell(t *testing.T) {
	r := start(t, t.TempDir(), nil)
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%v: %s", err, r.output)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the demo did not stop")
	}
}
