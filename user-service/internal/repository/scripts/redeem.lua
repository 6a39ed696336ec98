-- Takes an authorization code, once. It may be repeated with the same session:
-- then it answers as before.
--
-- KEYS[1]  the code's hash
-- ARGV     the session that the code is taken for; how long its use is
--          remembered, in milliseconds
-- Returns  {outcome, the session that took the code first}

local first = redis.call('HGET', KEYS[1], 'session')
if first == ARGV[1] then
  return {'given', first}
elseif first then
  return {'used', first}
elseif redis.call('EXISTS', KEYS[1]) == 0 then
  return {'unknown', ''}
end
redis.call('HSET', KEYS[1], 'session', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {'given', ARGV[1]}
