package broker

import "context"

// Config says which cluster to use, and how topics are made that it lacks.
type Config struct {
	Brokers     []string `envconfig:"KAFKA_BROKERS" required:"true" desc:"some brokers of the cluster, as host:port,host:port"`
	Partitions  int      `envconfig:"KAFKA_PARTITIONS" default:"6" min:"1" max:"1000" desc:"partitions of a topic that is made at start: the unit of parallelism"`
	Replication int      `envconfig:"KAFKA_REPLICATION" default:"1" min:"1" max:"10" desc:"replicas of a topic that is made at start"`
}

// EnsureTopics is the function of that name with the configured cluster.
func (c Config) EnsureTopics(ctx context.Context, topics ...string) error {
	return EnsureTopics(ctx, c.Brokers, c.Partitions, c.Replication, topics...)
}
