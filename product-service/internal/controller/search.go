package controller

import (
	"context"
	"strings"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type searchInput struct {
	web.Paging
	Text     string `query:"q" maxLength:"200" doc:"words that the name or the description must hold, each at least by its beginning, in any case and accent"`
	InStock  string `query:"inStock" enum:"true,false" doc:"only what can be ordered now, or only what is sold out"`
	MinPrice string `query:"minPrice" maxLength:"20" doc:"at least so much" example:"10.00"`
	MaxPrice string `query:"maxPrice" maxLength:"20" doc:"at most so much" example:"49.90"`
	Status   string `query:"status" enum:"ACTIVE,ARCHIVED" default:"ACTIVE" doc:"archived products are for admins to see"`
}

type searchOutput struct {
	Vary string `header:"Vary"`
	Body web.List[productBody]
}

// search lists products, the newest first unless asked otherwise.
func (c *Controller) search(ctx context.Context, in *searchInput) (*searchOutput, error) {
	query, err := in.query()
	if err != nil {
		return nil, err
	}
	by := auth.From(ctx)
	found, err := c.Products.Search(ctx, by, query)
	if err != nil {
		return nil, err
	}
	list := web.NewList(found, query.Page, func(p *entity.Product) productBody { return show(p, by) })
	return &searchOutput{Vary: "Authorization", Body: list}, nil
}

// maxWords bounds the words of a search; each costs a look-up a product.
const maxWords = 10

func (in *searchInput) query() (entity.Search, error) {
	search := entity.Search{Text: in.Text, Status: entity.Status(in.Status)}
	var broken []fault.Violation
	if len(strings.Fields(in.Text)) > maxWords {
		broken = append(broken, fault.Violation{Location: "query.q", Message: "has more than 10 words"})
	}
	if in.InStock != "" {
		search.InStock = new(in.InStock == "true")
	}
	search.MinPrice = bound("query.minPrice", in.MinPrice, &broken)
	search.MaxPrice = bound("query.maxPrice", in.MaxPrice, &broken)
	page, err := in.Query("-"+entity.SortCreatedAt, entity.SortName, entity.SortPrice, entity.SortQuantity)
	if len(broken) > 0 {
		return search, fault.InvalidAll(broken...)
	}
	search.Page = page
	return search, err
}

// bound reads a price that may be left out.
func bound(place, text string, broken *[]fault.Violation) *money.Amount {
	if text == "" {
		return nil
	}
	amount, err := money.Parse(text)
	if err != nil {
		*broken = append(*broken, fault.Violation{Location: place, Message: "is not an amount with at most two decimals, such as 19.90"})
		return nil
	}
	return &amount
}
