module github.com/oms-fleet/oms/order-service

go 1.26.0
