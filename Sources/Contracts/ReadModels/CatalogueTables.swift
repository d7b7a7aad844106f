/// The tables of a Catalogue build, for those who write to and read from them. They stand in the build's own schema;
/// `Projections/Catalogue/schema.sql` makes them.
///
///     series   id bigint, name text, labels jsonb                                   key (id), index (name, id)
///     metrics  name text, series bigint, unit, description, kind text               key (name)
///
/// - `labels` is an object of texts, `{}` without labels; its order is jsonb's own, not that of the labels' bytes. All
///   labels of $1 jsonb: `labels @> $1`, which looks at every series of the name.
/// - `metrics.series` counts the series of that name, in all shards.
/// - `unit`, `description` and `kind` are null until somebody says them.
package enum CatalogueTables {
  package static let projection = "catalogue"
  package static let series = "series"
  package static let metrics = "metrics"
}
