package controller

import (
	"fmt"
	"strings"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// etag names what a product looks like to somebody: its version, which people
// change, and the stock that is shown, which orders change as well.
func etag(p *entity.Product, to auth.Principal) string {
	if to.Is(auth.Admin) {
		return adminTag(p)
	}
	return publicTag(p)
}

func publicTag(p *entity.Product) string {
	return fmt.Sprintf(`"%d-%d"`, p.Version, p.Stock.Available())
}

func adminTag(p *entity.Product) string {
	return fmt.Sprintf(`"%d-%d-%d"`, p.Version, p.Stock.OnHand, p.Stock.Reserved)
}

// sameVersion is the basis of a change that has nothing to do with stock: orders
// that came in meanwhile do not stand in its way.
func sameVersion(in web.IfMatch) entity.Basis {
	return matching(in, func(p *entity.Product, tag string) bool {
		return strings.HasPrefix(tag, fmt.Sprintf(`"%d-`, p.Version)) && strings.HasSuffix(tag, `"`)
	})
}

// sameStock is the basis of a change of stock: compare and set.
func sameStock(in web.IfMatch) entity.Basis {
	return matching(in, func(p *entity.Product, tag string) bool { return tag == adminTag(p) || tag == publicTag(p) })
}

// matching checks the tags of If-Match until one fits; nil where there are none.
func matching(in web.IfMatch, fits func(*entity.Product, string) bool) entity.Basis {
	if strings.TrimSpace(in.IfMatch) == "" {
		return nil
	}
	return func(p *entity.Product) error {
		for tag := range strings.SplitSeq(in.IfMatch, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || fits(p, tag) {
				return nil
			}
		}
		return fault.New(fault.CodeVersionMismatch, "The version is %s now.", adminTag(p))
	}
}
