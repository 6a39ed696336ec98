// Package entity holds what an order is and how it may change: types and pure
// decisions, without clock, database or network.
package entity

import "slices"

// Status is where an order stands. The values are those of the database and of
// the API.
type Status string

// The statuses of an order.
const (
	New              Status = "NEW"               // waits for product-service's answer
	Confirmed        Status = "CONFIRMED"         // all of it is reserved
	PartialConfirmed Status = "PARTIAL_CONFIRMED" // what there was is reserved
	Cancelled        Status = "CANCELLED"         // final
	Shipped          Status = "SHIPPED"           // final
)

// Statuses lists all of them.
func Statuses() []Status { return []Status{New, Confirmed, PartialConfirmed, Cancelled, Shipped} }

// Who changes orders without being a user.
const (
	System         = "system"          // the deadline
	ProductService = "product-service" // an answer
)

// Rule is one step that an order's lifecycle allows.
type Rule struct {
	From Status // empty: the order does not exist yet
	To   Status
	By   string // who may take the step
	Then string // what happens
}

// Lifecycle lists every step there is. Nothing else is allowed.
func Lifecycle() []Rule {
	return []Rule{
		{"", New, "client, admin", "the order is stored with its validation request in one transaction"},
		{New, Confirmed, "product-service's answer FULL", "lines get price, name and picture; the total is set"},
		{New, PartialConfirmed, "product-service's answer PARTIAL", "the same, with the quantities that could be taken"},
		{New, Cancelled, "product-service's answer NONE or a misfit, client, admin, the deadline", "with a reason; the reservation is released unless the answer took nothing"},
		{Confirmed, Shipped, "admin", "the goods leave the stock"},
		{Confirmed, Cancelled, "client, admin", "the reservation is released"},
		{PartialConfirmed, Shipped, "admin", "the goods leave the stock"},
		{PartialConfirmed, Cancelled, "client, admin", "the reservation is released"},
	}
}

// allows reports whether the lifecycle has a step from s to to.
func (s Status) allows(to Status) bool {
	return slices.ContainsFunc(Lifecycle(), func(r Rule) bool { return r.From == s && r.To == to })
}

// Final reports whether the lifecycle ends here.
func (s Status) Final() bool {
	return !slices.ContainsFunc(Lifecycle(), func(r Rule) bool { return r.From == s })
}
