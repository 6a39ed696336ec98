-- Trades a refresh token for its successor. The script decides alone, so that
-- of any number of calls at once one rotates, and it may be repeated: within
-- the grace the same token gets the same successor.
--
-- KEYS[1]  the session's hash
-- ARGV     the generation of the token that is shown; now, the grace and the
--          idle life, in milliseconds
-- Returns  {outcome, the hash as it is then}

local session = redis.call('HMGET', KEYS[1], 'generation', 'used', 'ends')
if not session[1] then
  return {'unknown'}
end
local newest, used, ends = tonumber(session[1]), tonumber(session[2]), tonumber(session[3])
local shown, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local grace, idle = tonumber(ARGV[3]), tonumber(ARGV[4])

if now >= ends or now - used >= idle then
  redis.call('DEL', KEYS[1])
  return {'unknown'}
end

-- A token newer than the newest is one that a crash of Redis made it forget: it
-- is authentic, or it would not have come this far.
if shown >= newest then
  redis.call('HSET', KEYS[1], 'generation', string.format('%d', shown + 1), 'used', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], string.format('%d', math.min(idle, ends - now)))
elseif shown < newest - 1 or now - used >= grace then
  redis.call('DEL', KEYS[1])
  return {'reused'}
end
return {'rotated', redis.call('HGETALL', KEYS[1])}
