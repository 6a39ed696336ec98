package supervisor

import "syscall"

// attributes puts a child into a session of its own, so that Ctrl-C on the
// terminal reaches us alone and the order of stopping is ours, and has the
// kernel kill it when we die. Go sets the signal after the user, which matters:
// changing the user afterwards would clear it.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Credential: user}
}
