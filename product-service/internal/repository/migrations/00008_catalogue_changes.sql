-- +goose Up
-- How often what searches find has changed, stock apart: the sum. There are
-- several counters so that transactions that count hardly wait for each other.
CREATE TABLE catalogue_changes (
    counter TINYINT NOT NULL PRIMARY KEY,
    changes BIGINT  NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

INSERT INTO catalogue_changes (counter, changes)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

-- +goose Down
DROP TABLE catalogue_changes;
