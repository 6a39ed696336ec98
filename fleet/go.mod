module github.com/oms-fleet/oms/fleet

go 1.26.0
