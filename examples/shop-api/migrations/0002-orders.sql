-- The version before this one keeps serving while this runs, and serves again after a rollback: a migration adds. What it
-- no longer needs is removed by a later release, when no version that uses it can come back.
create table orders (
  id uuid primary key,
  sku text not null references products (sku),
  quantity integer not null check (quantity > 0),
  placed_at timestamptz not null default now()
);

create index orders_by_sku on orders (sku, placed_at);
