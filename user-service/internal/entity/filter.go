package entity

// What lists of users can be sorted by.
const (
	SortByCreatedAt = "createdAt"
	SortByEmail     = "email"
)

// UserFilter chooses users. Texts match where they are contained, in any case;
// empty ones match all.
type UserFilter struct {
	Email, FirstName, LastName string
	Role                       Role
}
