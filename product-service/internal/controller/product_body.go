package controller

import (
	"strconv"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type productBody struct {
	ID          id.ID        `json:"id"`
	Name        string       `json:"name" example:"Desk Lamp Lumen"`
	Description string       `json:"description" example:"Adjustable LED desk lamp"`
	ImageURL    *string      `json:"imageUrl" doc:"relative to the gateway; null without an image" example:"/v1/products/019b76da-a800-7000-8000-000000000001/image?v=5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"`
	Price       money.Amount `json:"price" doc:"in effect now"`
	Quantity    int          `json:"quantity" doc:"units that can be ordered" example:"40"`
	Status      string       `json:"status" enum:"ACTIVE,ARCHIVED" doc:"an archived product cannot be ordered"`
	CreatedAt   web.Time     `json:"createdAt"`
	UpdatedAt   web.Time     `json:"updatedAt" doc:"the last change by people; orders leave it alone"`
	OnHand      *int         `json:"onHand,omitempty" doc:"units in the warehouse; for admins" example:"42"`
	Reserved    *int         `json:"reserved,omitempty" doc:"units of them that orders hold; for admins" example:"2"`
}

// AppendJSON writes what encoding/json would.
func (b productBody) AppendJSON(to []byte) ([]byte, error) {
	to = web.AppendText(append(to, `{"id":`...), b.ID.String())
	to = web.AppendText(append(to, `,"name":`...), b.Name)
	to = web.AppendText(append(to, `,"description":`...), b.Description)
	to = web.AppendNullable(append(to, `,"imageUrl":`...), b.ImageURL)
	to = b.Price.Append(append(to, `,"price":`...))
	to = strconv.AppendInt(append(to, `,"quantity":`...), int64(b.Quantity), 10)
	to = web.AppendText(append(to, `,"status":`...), b.Status)
	to = b.CreatedAt.Append(append(to, `,"createdAt":`...))
	to = b.UpdatedAt.Append(append(to, `,"updatedAt":`...))
	if b.OnHand != nil {
		to = strconv.AppendInt(append(to, `,"onHand":`...), int64(*b.OnHand), 10)
	}
	if b.Reserved != nil {
		to = strconv.AppendInt(append(to, `,"reserved":`...), int64(*b.Reserved), 10)
	}
	return append(to, '}'), nil
}

// show describes a product to whoever asks.
func show(p *entity.Product, to auth.Principal) productBody {
	body := productBody{
		ID: p.ID, Name: p.Name, Description: p.Description, ImageURL: p.Image.URL(p.ID), Price: p.Price,
		Quantity: p.Stock.Available(), Status: string(p.Status), CreatedAt: web.Time{Time: p.CreatedAt}, UpdatedAt: web.Time{Time: p.UpdatedAt},
	}
	if to.Is(auth.Admin) {
		body.OnHand, body.Reserved = &p.Stock.OnHand, &p.Stock.Reserved
	}
	return body
}

type productOutput struct {
	ETag string `header:"ETag"`
	Vary string `header:"Vary"`
	Body productBody
}

func answer(p *entity.Product, to auth.Principal) *productOutput {
	return &productOutput{ETag: etag(p, to), Vary: "Authorization", Body: show(p, to)}
}

type createdOutput struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     productBody
}

func created(p *entity.Product, to auth.Principal) *createdOutput {
	return &createdOutput{Location: "/v1/products/" + p.ID.String(), ETag: etag(p, to), Body: show(p, to)}
}
