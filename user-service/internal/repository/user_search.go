package repository

import (
	"context"
	"fmt"
	"strings"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Search returns the accounts that match a filter, a page at a time, sorted by
// "createdAt" or "email".
func (r *Users) Search(ctx context.Context, filter entity.UserFilter, q page.Query) (page.Page[*entity.User], error) {
	column := "user_id" // ids grow with the time of creation
	if q.By == entity.SortByEmail {
		column = "email_key"
	}
	conditions, args := matching(filter)
	behind, more := database.After(q, column, "user_id")
	args = append(append(args, more...), q.Limit+1)

	var rows []userRow
	err := r.db.SelectContext(ctx, &rows, `
		SELECT `+userColumns+`
		FROM   users
		WHERE  `+strings.Join(append(conditions, behind), " AND ")+`
		ORDER  BY `+database.OrderBy(q, column, "user_id")+`
		LIMIT  ?`, args...)
	if err != nil {
		return page.Page[*entity.User]{}, database.Wrap(fmt.Errorf("search users: %w", err))
	}
	users := make([]*entity.User, len(rows))
	for i, row := range rows {
		users[i] = row.user()
	}
	return page.Cut(users, q.Limit, func(u *entity.User) page.Key {
		if q.By != entity.SortByEmail {
			return page.Key{ID: u.ID}
		}
		key := entity.EmailKey(u.Email)
		return page.Key{Value: &key, ID: u.ID}
	}), nil
}

// matching returns the conditions of a filter and their arguments.
func matching(f entity.UserFilter) (conditions []string, args []any) {
	contains := func(column, text string) {
		if text != "" {
			conditions = append(conditions, "LOWER("+column+") LIKE LOWER(?) ESCAPE '!'")
			args = append(args, "%"+escapeLike.Replace(text)+"%")
		}
	}
	contains("email", f.Email)
	contains("first_name", f.FirstName)
	contains("last_name", f.LastName)
	if f.Role != "" {
		conditions = append(conditions, "FIND_IN_SET(?, roles) > 0")
		args = append(args, string(f.Role))
	}
	return conditions, args
}

// escapeLike takes their meaning from the signs of LIKE.
var escapeLike = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
