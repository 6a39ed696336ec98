module github.com/oms-fleet/oms/fleet

go 1.26.0

require (
	filippo.io/edwards25519 v1.2.0 // indirect
	github.com/alicebob/miniredis/v2 v2.40.0 // indirect
	github.com/go-sql-driver/mysql v1.10.1 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/yuin/gopher-lua v1.1.1 // indirect
)

replace github.com/oms-fleet/oms/common => ../common
