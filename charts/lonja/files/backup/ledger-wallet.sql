-- Prints a line for each thing that is wrong with the ledger of shares; nothing if it is in order.
SELECT 'position of ' || p.client || ' in ' || p.symbol || ' is ' || p.available || ' and ' || p.held || ', booked '
    || coalesce(s.available, 0) || ' and ' || coalesce(s.held, 0)
FROM positions AS p LEFT JOIN (
    SELECT client, symbol, sum(quantity) FILTER (WHERE account = 'available') AS available,
        sum(quantity) FILTER (WHERE account = 'held') AS held
    FROM share_postings GROUP BY client, symbol
) AS s USING (client, symbol)
WHERE p.available <> coalesce(s.available, 0) OR p.held <> coalesce(s.held, 0);
SELECT 'filled without a fill: ' || id FROM orders AS o
WHERE state = 'filled' AND NOT EXISTS (SELECT FROM fills AS f WHERE f.order_id = o.id);
SELECT 'a fill of an order that is ' || o.state || ': ' || o.id FROM orders AS o JOIN fills AS f ON f.order_id = o.id
WHERE o.state IN ('cancelled', 'rejected', 'expired');
