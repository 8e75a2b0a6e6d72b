namespace AiFunctions.Gateway.KeyRotation.Use;

/// <summary>That a key was used on a day.</summary>
/// <param name="ClientId">Whose.</param>
/// <param name="KeyId">Which.</param>
/// <param name="Day">The day, in UTC.</param>
internal readonly record struct KeyUse(string ClientId, string KeyId, DateOnly Day);
