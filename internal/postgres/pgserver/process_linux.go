package pgserver

import "syscall"

// endWithParent asks for a fast shutdown when the thread that started the server ends, so that kill -9 leaves no server.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
