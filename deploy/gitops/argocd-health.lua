-- Health of a SocialChannel, a SocialApp or a SocialPlatform, from its conditions.
local health = { status = "Progressing", message = "The operator has not looked at it yet." }
if obj.status == nil or obj.status.conditions == nil then
  return health
end
local conditions = {}
for _, condition in ipairs(obj.status.conditions) do
  conditions[condition.type] = condition
end
local ready, stalled = conditions.Ready, conditions.Stalled
local seen = ready ~= nil and ready.observedGeneration or obj.status.observedGeneration
if seen ~= nil and obj.metadata.generation ~= nil and seen < obj.metadata.generation then
  health.message = "The operator has not seen the last change yet."
elseif stalled ~= nil and stalled.status == "True" then
  health = { status = "Degraded", message = stalled.message }
elseif ready ~= nil and ready.status == "True" then
  health = { status = "Healthy", message = ready.message }
elseif ready ~= nil and ready.status == "False" and stalled == nil then
  -- Apps and platforms: what is wrong there is for a person to put right.
  health = { status = "Degraded", message = ready.message }
elseif ready ~= nil then
  health.message = ready.message
end
return health
