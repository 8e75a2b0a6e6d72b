namespace AiFunctions.Gateway.RateLimits;

/// <summary>Tokens set aside for a request, and the windows that they count in.</summary>
internal readonly record struct TokenReservation(long Tokens, long MinuteWindow, long DayWindow);
