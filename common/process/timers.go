package process

import "time"

// Slack is how much later than it asked a thread may be woken, after RelaxTimers.
const Slack = time.Millisecond

// RelaxTimers lets the kernel wake the process's threads up to Slack later than
// they ask, in place of 50 µs, and children that it starts likewise. Go's own
// monitor (sysmon) asks for 20 µs over and over while there is anything to do,
// and where a wake-up is dear, as in virtual machines, that was a sixth of all
// processor time at 1 000 orders a second (docs/decisions/0012-slack-timers.md,
// https://go.dev/issue/18236). For use first in a main: the monitor runs by then,
// and only a program's start reaches it, so the program begins once more, with the
// args and environ that it has.
//
// Where the kernel has no such setting, or a debugger is attached, which would
// lose its breakpoints, nothing happens.
func RelaxTimers(args, environ []string) { relaxTimers(args, environ) }
