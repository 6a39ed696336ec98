-- Counts a failure in a leaky bucket. Should it be repeated, the failure counts
-- twice, which does no harm.
--
-- KEYS[1]  the bucket: the moment at which it will be empty
-- ARGV     now, the time that one failure takes to drain, and how far the
--          bucket may be filled, all in milliseconds

local now, drain, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty = tonumber(redis.call('GET', KEYS[1]) or now)
empty = math.min(math.max(empty, now) + drain, now + full)
redis.call('SET', KEYS[1], string.format('%d', empty), 'PX', string.format('%d', empty - now))
return 'counted'
