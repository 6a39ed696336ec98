package broker

import (
	"context"
	"errors"
	"os"

	"github.com/segmentio/kafka-go"
)

// memberName is the client id under which this process is in its groups.
func memberName(address string) string {
	host, _ := os.Hostname() // without it the address says enough
	return clientID + "@" + host + "/" + address
}

// succeed has members of the group leave it that bear this process's name: one
// before it was killed and could not. Else the group would wait until the
// session of the dead one ends, and for two sessions or more when it died while
// it joined. A wrong guess does no harm: who lives joins again.
func (l *Listener) succeed(ctx context.Context) error {
	if l.cfg.Address == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	client := l.cfg.DeadLetters.cluster.client()
	told, err := client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{l.cfg.Group}})
	if err != nil {
		return err
	}
	leave := kafka.LeaveGroupRequest{GroupID: l.cfg.Group}
	for _, group := range told.Groups {
		for _, m := range group.Members {
			if m.ClientID == memberName(l.cfg.Address) {
				leave.Members = append(leave.Members, kafka.LeaveGroupRequestMember{ID: m.MemberID})
			}
		}
	}
	if len(leave.Members) == 0 {
		return nil
	}
	answer, err := client.LeaveGroup(ctx, &leave)
	if err != nil {
		return err
	}
	failures := []error{answer.Error}
	for _, m := range answer.Members {
		if !errors.Is(m.Error, kafka.UnknownMemberId) { // its session has ended meanwhile
			failures = append(failures, m.Error)
		}
	}
	return errors.Join(failures...)
}
