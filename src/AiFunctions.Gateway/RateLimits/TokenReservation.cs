namespace AiFunctions.Gateway.RateLimits;

/// <summary>Tokens set aside for a request.</summary>
/// <param name="Tokens">How many.</param>
/// <param name="MinuteWindow">The minute that they count in.</param>
/// <param name="DayWindow">The day that they count in.</param>
/// <param name="Epoch">Under which of the client's limits: what was set aside under others is not given back.</param>
internal readonly record struct TokenReservation(long Tokens, long MinuteWindow, long DayWindow, int Epoch);
