package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// Consent is what a person allows an application.
type Consent struct {
	UserID    id.ID
	ClientID  string
	Scopes    []string
	GrantedAt time.Time
}
