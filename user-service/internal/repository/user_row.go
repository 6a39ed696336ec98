package repository

import (
	"database/sql"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// userRow is a row of users as userColumns lists it.
type userRow struct {
	ID           id.ID          `db:"user_id"`
	Email        string         `db:"email"`
	PasswordHash sql.NullString `db:"password_hash"`
	FirstName    string         `db:"first_name"`
	LastName     string         `db:"last_name"`
	Address      string         `db:"address"`
	Roles        string         `db:"roles"`
	Version      int64          `db:"version"`
	CreatedAt    time.Time      `db:"created_at"`
	UpdatedAt    time.Time      `db:"updated_at"`
}

func (r userRow) user() *entity.User {
	return &entity.User{
		ID:           r.ID,
		Profile:      entity.Profile{Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, Address: r.Address},
		Roles:        readRoles(r.Roles),
		PasswordHash: r.PasswordHash.String,
		Version:      r.Version,
		CreatedAt:    r.CreatedAt,
		UpdatedAt:    r.UpdatedAt,
	}
}

// readRoles reads a SET column: names by commas.
func readRoles(text string) entity.Roles {
	var roles []entity.Role
	for name := range strings.SplitSeq(text, ",") {
		roles = append(roles, entity.Role(name))
	}
	return entity.NewRoles(roles...)
}

// nullable stores an empty text as NULL.
func nullable(text string) sql.NullString {
	return sql.NullString{String: text, Valid: text != ""}
}
