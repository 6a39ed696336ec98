package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// Action names what was done to an account, a client or the keys.
type Action string

// The actions that the audit record knows.
const (
	ProfileChanged Action = "PROFILE_CHANGED" // of another's account
	RolesChanged   Action = "ROLES_CHANGED"
	AccountErased  Action = "ACCOUNT_ERASED"
	ClientCreated  Action = "CLIENT_CREATED"
	ClientChanged  Action = "CLIENT_CHANGED"
	ClientDeleted  Action = "CLIENT_DELETED"
	KeysRotated    Action = "KEYS_ROTATED"
)

// Deed is a row of the audit record: who did what to whom. It holds ids and no
// personal data, because it outlives the people in it.
type Deed struct {
	ID         id.ID
	Actor      id.ID // zero for the service itself, by the clock or by a command
	Action     Action
	Subject    string // the id of the account, the client or the key
	Detail     string // at most 500 characters
	OccurredAt time.Time
}

// NewDeed notes that an actor does something now.
func NewDeed(by Actor, action Action, subject, detail string) (*Deed, error) {
	deedID, err := id.New()
	if err != nil {
		return nil, err
	}
	return &Deed{ID: deedID, Actor: by.ID, Action: action, Subject: subject, Detail: detail, OccurredAt: deedID.Time()}, nil
}

// DeedFilter narrows a search of the record; what is zero matches all.
type DeedFilter struct {
	Subject string
	Actor   id.ID
}

// SortByOccurredAt is how the record is sorted.
const SortByOccurredAt = "occurredAt"
