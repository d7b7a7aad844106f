package import Events
package import Hashing

/// What a series is known by in the registry and in every cache: XXH3-128 of the canonical bytes of its name and labels.
///
/// Two different series with equal fingerprints are taken for one; with 10^9 series the chance of one such pair is
/// below 10^-20.
extension SeriesKey {
  package var fingerprint: XXH3.Hash128 { XXH3.hash128(canonical) }
}
