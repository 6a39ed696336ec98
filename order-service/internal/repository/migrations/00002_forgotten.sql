-- +goose Up
-- Clients who were erased: what their last access tokens may still bring is
-- forgotten too.
CREATE TABLE forgotten_clients (
    client_id    BINARY(16)  NOT NULL PRIMARY KEY,
    forgotten_at DATETIME(3) NOT NULL,
    KEY forgotten_clients_at (forgotten_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE forgotten_clients;
