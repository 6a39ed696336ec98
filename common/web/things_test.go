package web_test

import (
	"context"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
)

// thingInput is a body with one of everything.
type thingInput struct {
	Body struct {
		Name     string     `json:"name" minLength:"1" maxLength:"20"`
		Password string     `json:"password,omitempty" minLength:"8" pattern:"^[!-~]*$"`
		Email    string     `json:"email,omitempty" format:"email"`
		Website  string     `json:"website,omitempty" format:"uri"`
		Kind     string     `json:"kind,omitempty" enum:"SMALL,LARGE"`
		Price    web.Price  `json:"price"`
		Fee      *web.Price `json:"fee,omitempty"`
		At       *web.Time  `json:"at,omitempty"`
		QuoteID  *id.ID     `json:"quoteId,omitempty"`
		OwnerID  id.ID      `json:"ownerId,omitzero"`
		Parts    []part     `json:"parts,omitempty" minItems:"1" maxItems:"100"`
		Origin   origin     `json:"origin,omitzero"`
	}
}

type part struct {
	ID       id.ID `json:"id"`
	Quantity int   `json:"quantity" minimum:"1" maximum:"10000"`
}

type origin struct {
	Country string `json:"country,omitempty" maxLength:"2"`
	City    string `json:"city,omitempty" maxLength:"10"`
}

// thingOutput tells what was understood.
type thingOutput struct {
	ETag string `header:"ETag"`
	Body thingBody
}

type thingBody struct {
	ID       id.ID         `json:"id"`
	Name     string        `json:"name"`
	Price    money.Amount  `json:"price"`
	Fee      *money.Amount `json:"fee"`
	At       *web.Time     `json:"at"`
	QuoteID  *id.ID        `json:"quoteId"`
	OwnerID  *id.ID        `json:"ownerId"`
	Quantity int           `json:"quantity"`
	Country  string        `json:"country"`
}

func add(_ context.Context, in *thingInput) (*thingOutput, error) {
	made, err := id.Parse(thingID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	out := &thingOutput{ETag: web.ETag(1), Body: thingBody{ID: made, Name: b.Name, Price: b.Price.Amount, At: b.At, QuoteID: b.QuoteID, Country: b.Origin.Country}}
	if b.Fee != nil {
		out.Body.Fee = &b.Fee.Amount
	}
	if !b.OwnerID.IsZero() {
		out.Body.OwnerID = &b.OwnerID
	}
	for _, p := range b.Parts {
		out.Body.Quantity += p.Quantity
	}
	return out, nil
}

type pathInput struct {
	ID id.ID `path:"id"`
}

type findInput struct {
	ID id.ID `path:"id"`
	web.IfNoneMatch
}

func find(_ context.Context, in *findInput) (*thingOutput, error) {
	if in.ID.String() != thingID {
		return nil, fault.NotFoundf("thing %s not found", in.ID)
	}
	if err := in.Check(web.ETag(3)); err != nil {
		return nil, err
	}
	return &thingOutput{ETag: web.ETag(3), Body: thingBody{ID: in.ID}}, nil
}

type changeInput struct {
	ID id.ID `path:"id"`
	web.IfMatch
	Body struct {
		Name *string `json:"name,omitempty" minLength:"1"`
	}
}

func change(_ context.Context, in *changeInput) (*thingOutput, error) {
	if err := in.Require(); err != nil {
		return nil, err
	}
	if err := in.Check(3); err != nil {
		return nil, err
	}
	out := &thingOutput{ETag: web.ETag(4), Body: thingBody{ID: in.ID}}
	if in.Body.Name != nil {
		out.Body.Name = *in.Body.Name
	}
	return out, nil
}

type searchInput struct {
	web.Paging
	Owner    id.ID    `query:"owner"`
	InStock  bool     `query:"inStock"`
	MinPrice float64  `query:"minPrice" minimum:"0"`
	Since    web.Time `query:"since"`
	Kind     string   `query:"kind" enum:"SMALL,LARGE"`
}

func search(_ context.Context, in *searchInput) (*struct{ Body web.Short[string] }, error) {
	out := &struct{ Body web.Short[string] }{}
	out.Body.Items = []string{}
	return out, nil
}

// withThings is a small API as the services have.
func withThings(api *web.API) {
	web.Get(api, "/v1/things", "Search things", web.Public(), search)
	web.Post(api, "/v1/things", "Add a thing", web.SignedIn(), add, web.Describe("It is kept for ever."))
	web.Get(api, "/v1/things/{id}", "Find a thing", web.Optional(), find)
	web.Patch(api, "/v1/things/{id}", "Change a thing", web.Admin(), change)
	web.Delete(api, "/v1/things/{id}", "Remove a thing", web.Root(), func(context.Context, *pathInput) (*struct{}, error) { return nil, nil })
	web.Get(api, "/internal/v1/things/{id}", "Find a thing for a service", web.Service("things.read"), find)
}

// post adds a thing as a client.
func (s *shop) post(body string, headers ...string) answer {
	s.t.Helper()
	return s.ask("POST", "/v1/things", body, append([]string{"Authorization", "Bearer client"}, headers...)...)
}
