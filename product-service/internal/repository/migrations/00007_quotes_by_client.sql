-- +goose Up
-- Finds what an erased client asked for.
ALTER TABLE quotes ADD KEY quotes_by_client (client_id);

-- +goose Down
ALTER TABLE quotes DROP KEY quotes_by_client;
