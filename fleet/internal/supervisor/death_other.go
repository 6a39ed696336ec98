//go:build !linux

package supervisor

import "syscall"

// attributes puts a child into a session of its own, so that Ctrl-C on the
// terminal reaches us alone and the order of stopping is ours. Only Linux can
// end it when we are killed.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Credential: user}
}
