module github.com/oms-fleet/oms/user-service

go 1.26.0
