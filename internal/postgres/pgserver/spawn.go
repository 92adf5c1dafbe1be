package pgserver

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// child is a running program of PostgreSQL.
type child struct {
	process *os.Process
	ended   chan struct{} // closed when it has ended
	err     error         // how it ended, readable after that
}

// spawn starts a program with an environment of its own, so that the user's locale and PG settings change nothing. It
// inherits the server lock, and so do its children. The thread that starts it lives as long as it does, because that
// thread's death is what tells the child that we are gone.
func spawn(a account, program string, args []string, output, lock *os.File) (*child, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = output, output
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = attributes(a)

	c := &child{ended: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- fmt.Errorf("start %s as %s: %w", program, a.name, err)
			return
		}
		c.process = cmd.Process
		started <- nil
		c.err = cmd.Wait()
		close(c.ended)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return c, nil
}
