/// The series that a listing goes over: all that match, or one page of them.
struct ListedSeries {
  /// By rising id.
  let series: [CataloguedSeries]
  let next: NextPage
  /// Every label key of all series that match; empty where none is wanted.
  let labelKeys: [String]
}
