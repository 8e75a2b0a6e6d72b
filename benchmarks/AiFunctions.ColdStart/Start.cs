namespace AiFunctions.ColdStart;

/// <summary>What one start took.</summary>
/// <param name="Listening">From the start of the process until it accepts a connection.</param>
/// <param name="Answered">From the start of the process until the first request is answered with 200.</param>
/// <param name="SecondAnswer">From the second request, which is the same, until it is answered.</param>
internal sealed record Start(TimeSpan Listening, TimeSpan Answered, TimeSpan SecondAnswer);
