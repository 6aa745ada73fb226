-- wrk -s quotes.lua URL -- FILE: GET with the cookie of each line of the file in turn, and a line of JSON at the end.
local requests, count = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", nil, { ["cookie"] = line, ["accept"] = "application/json" })
    end
end

function request()
    count = count % #requests + 1
    return requests[count]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"rate":%f,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
        summary.requests, summary.requests / summary.duration * 1e6,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
