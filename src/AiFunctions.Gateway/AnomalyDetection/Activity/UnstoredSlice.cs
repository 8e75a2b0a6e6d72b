namespace AiFunctions.Gateway.AnomalyDetection.Activity;

/// <summary>A slice of this instance, ready to be stored.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Number">Tells it from others of the same start: what comes late, when a slice is stored and forgotten, begins another.</param>
/// <param name="Version">How far it had come.</param>
/// <param name="Parts">Its clients, in pieces that fit a property of a row.</param>
internal sealed record UnstoredSlice(DateTimeOffset Start, int Number, long Version, IReadOnlyList<byte[]> Parts);
