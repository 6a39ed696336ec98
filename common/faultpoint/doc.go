// Package faultpoint marks the moments at which a process must be able to die:
// between a commit and what follows from it. In an ordinary build a mark is
// nothing at all. Built with -tags faultpoints, as the fault tests build the
// services, it looks whether the tests want the process to end just there.
package faultpoint

// The moments, by the promises that they try. A name is a file's name, too.
const (
	BeforeHandover = "outbox-before-handover" // the transaction is committed, the relay knows nothing of its messages
	BeforePublish  = "outbox-before-publish"  // the relay has messages in memory, the broker does not have them
	BeforeDelete   = "outbox-before-delete"   // the broker has the messages, the table still has them too
	SweepDelete    = "outbox-sweep-delete"    // the same, when the relay found them in the table
	BeforeAnswers  = "before-answers"         // stock is taken, no answer tells of it
	BeforeCommit   = "before-commit"          // a batch is handled for good, its offsets are not committed
	StockLocked    = "stock-locked"           // a transaction has locked stock, and has not ended
	BeforeReply    = "before-reply"           // the order is committed, its client does not know
)

// Stop is what the file of a point holds whose process is to stand still there.
const Stop = "stop"
