package repository

import (
	"fmt"
	"strconv"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// The braces make Redis Cluster keep the keys of one session in one slot.
func sessionKey(sessionID id.ID) string { return "session:{" + sessionID.String() + "}" }

func indexKey(userID id.ID) string { return "sessions:{" + userID.String() + "}" }

// fieldsOf returns the hash of a session.
func fieldsOf(s entity.Session) map[string]any {
	return map[string]any{
		"user":       s.UserID.String(),
		"client":     s.ClientID,
		"scope":      s.Scope,
		"generation": s.Generation,
		"agent":      s.Device.UserAgent,
		"address":    s.Device.Address,
		"signedIn":   milliseconds(s.SignedInAt),
		"created":    milliseconds(s.CreatedAt),
		"used":       milliseconds(s.UsedAt),
		"ends":       milliseconds(s.EndsAt),
	}
}

// readSession reads what fieldsOf wrote; no fields are a session that has ended.
func readSession(sessionID id.ID, fields map[string]string) (entity.Session, error) {
	if len(fields) == 0 {
		return entity.Session{}, fault.NotFoundf("There is no such session.")
	}
	userID, err := id.Parse(fields["user"])
	if err != nil {
		return entity.Session{}, fmt.Errorf("read session %s: %w", sessionID, err)
	}
	generation, err := strconv.ParseInt(fields["generation"], 10, 64)
	if err != nil {
		return entity.Session{}, fmt.Errorf("read session %s: %w", sessionID, err)
	}
	return entity.Session{
		ID: sessionID, UserID: userID, ClientID: fields["client"], Scope: fields["scope"], Generation: generation,
		Device:     entity.Device{UserAgent: fields["agent"], Address: fields["address"]},
		SignedInAt: moment(fields["signedIn"]), CreatedAt: moment(fields["created"]), UsedAt: moment(fields["used"]), EndsAt: moment(fields["ends"]),
	}, nil
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func moment(text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{} // a time that a later version does not write
	}
	return time.UnixMilli(ms).UTC()
}

// pairs reads a hash as a script returns it: names and values in turn.
func pairs(reply any) map[string]string {
	list, _ := reply.([]any)
	fields := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		name, _ := list[i].(string)
		fields[name], _ = list[i+1].(string)
	}
	return fields
}
