module github.com/oms-fleet/oms/product-service

go 1.26.0
