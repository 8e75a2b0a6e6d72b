namespace AiFunctions.Gateway.Authentication.Jwt;

/// <summary>The authority's keys are not known, and it cannot be asked for them now.</summary>
internal sealed class AuthorityUnavailableException() : Exception("The authority is unavailable.");
