package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/repository"
	"github.com/oms-fleet/oms/product-service/internal/service"
)

// Orders wait in the queue while nobody answers them and the price changes: each
// is charged the price at its placedAt, or what it was quoted.
func TestOrdersThatWaitedAreChargedByWhenTheyWerePlaced(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	products, quotes := w.office(t)
	lamp, by := parse(t, lampID), auth.Principal{UserID: id.ID{1}, Roles: []auth.Role{auth.Admin}}
	before := clock().Add(-time.Millisecond)
	set := func(amount money.Amount) time.Time {
		price, err := products.SetPrice(t.Context(), by, lamp, nil, amount, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		return price.From
	}
	offer := func() *entity.Quote {
		quote, err := quotes.Offer(t.Context(), by, []entity.Want{{ProductID: lamp, Units: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return quote
	}
	dearer := set(5000)
	quote, late := offer(), offer()
	dearest := set(6000)
	w.stop()
	want := map[id.ID]string{}
	place := func(placed time.Time, quoted *entity.Quote) id.ID {
		orderID, _ := newOrder(t, "1")
		body := fmt.Sprintf(`{"orderId":%q,"clientId":%q,"placedAt":%q,"products":[{"id":%q,"delta":-1}]`,
			orderID, by.UserID, placed.Format(time.RFC3339Nano), lampID)
		if quoted != nil {
			body += fmt.Sprintf(`,"quoteId":%q`, quoted.ID)
		}
		w.say(t, contract.ValidationRequests, body+"}")
		return orderID
	}
	want[place(before, nil)] = "FULL  39.90"
	want[place(dearer, nil)] = "FULL  50.00"
	want[place(dearest.Add(-time.Millisecond), nil)] = "FULL  50.00"
	want[place(dearest, nil)] = "FULL  60.00"
	want[place(late.ExpiresAt, late)] = "NONE QUOTE_EXPIRED 70.00"
	set(7000)
	one, other := place(dearest, quote), place(dearest.Add(time.Millisecond), quote)
	w.start(t, w.cfg)
	for orderID, told := range want {
		if got := w.told(t, orderID); got != told {
			t.Errorf("order is told %q, want %q", got, told)
		}
	}
	// Whichever of the two is read first gets the quote.
	first, second := w.told(t, one), w.told(t, other)
	if first != "FULL  50.00" {
		first, second = second, first
	}
	if first != "FULL  50.00" || second != "NONE QUOTE_USED 60.00" && second != "NONE QUOTE_USED 50.00" {
		t.Errorf("orders that race for a quote are told %q and %q", first, second)
	}
}

// office is the catalogue as another replica would change it.
func (w *town) office(t *testing.T) (*service.Products, *service.Quotes) {
	t.Helper()
	db := databasetest.Open(t, w.cfg.Database.DSN.Reveal())
	news := repository.News{Record: kafka.EventRecord, Offer: func(...contract.Record) {}}
	return service.NewProducts(repository.NewProducts(db, news, clock), clock), service.NewQuotes(repository.NewQuotes(db), w.cfg.QuoteTTL, clock)
}

// told is the answer to an order of one line.
func (w *town) told(t *testing.T, orderID id.ID) string {
	t.Helper()
	answer := w.answers(t, orderID, 1)[0]
	reason := ""
	if answer.Reason != nil {
		reason = *answer.Reason
	}
	return fmt.Sprintf("%s %s %s", answer.Result, reason, answer.Products[0].UnitPrice)
}

func parse(t *testing.T, text string) id.ID {
	t.Helper()
	parsed, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
