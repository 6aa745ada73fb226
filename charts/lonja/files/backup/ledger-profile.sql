-- Prints a line for each thing that is wrong with the cash ledger; nothing if it is in order. The same questions as
-- LedgerAudit.swift asks (`lonja audit`), for where no service runs.
SELECT 'currency ' || currency || ': its postings do not add up to zero' FROM postings GROUP BY currency HAVING sum(amount) <> 0;
SELECT 'balance ' || client || ' ' || currency || ': is not what its postings come to' FROM balances b FULL JOIN (
    SELECT client, currency, sum(amount) FILTER (WHERE account = 'available') AS available,
        sum(amount) FILTER (WHERE account = 'held') AS held
    FROM postings WHERE account IN ('available', 'held') GROUP BY client, currency
) p USING (client, currency)
WHERE COALESCE(b.available, 0) <> COALESCE(p.available, 0) OR COALESCE(b.held, 0) <> COALESCE(p.held, 0);
SELECT DISTINCT 'balance ' || client || ' ' || currency || ' ' || account || ': was below zero once' FROM (
    SELECT client, currency, account, sum(amount) OVER (PARTITION BY client, currency, account ORDER BY number) AS sum
    FROM postings WHERE account IN ('available', 'held')
) p WHERE sum < 0;
SELECT 'balance ' || client || ' ' || currency || ': keeps other cash than its open holds do' FROM balances b WHERE held <> (
    SELECT COALESCE(sum(h.amount), 0) FROM holds h
    WHERE h.client = b.client AND h.currency = b.currency AND h.state = 'held');
SELECT 'hold ' || hold_id || ': is not what was booked for it' FROM holds h FULL JOIN (
    SELECT entry_id AS hold_id, COALESCE(sum(amount) FILTER (WHERE kind = 'hold'), 0) AS held,
        COALESCE(sum(amount) FILTER (WHERE kind = 'capture'), 0) AS captured,
        COALESCE(sum(amount) FILTER (WHERE kind = 'release'), 0) AS released
    FROM transfers WHERE kind IN ('hold', 'capture', 'release') GROUP BY entry_id
) t USING (hold_id)
WHERE h.amount IS DISTINCT FROM t.held OR h.captured IS DISTINCT FROM t.captured
    OR t.released IS DISTINCT FROM CASE WHEN h.state = 'held' THEN 0 ELSE h.amount - h.captured END;
